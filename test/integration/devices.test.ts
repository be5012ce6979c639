import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuditService } from '../../main/services/audit';
import { systemClock } from '../../main/lib/clock';
import { createDevicesService, type DevicesService, type LineFacts, type Provider } from '../../main/services/devices';
import type { Session } from '../../main/services/identity';
import { startTestCentral, type TestCentral, type TestDatabase, type TestDesk } from '../support/central';
import { openTestDb, type TestDb } from '../support/local-db';

// Numbers with a right check digit.
const ICCID = ['89148000004127300112', '89148000004127300120', '89148000004127300138', '89148000004127300146'] as const;
const IMEI = ['350000000000006', '350000000000014', '350000000000022', '350000000000030'] as const;

let server: TestCentral;
let database: TestDatabase;
let desk: TestDesk;
let admin: Session;
let local: TestDb;
let devices: DevicesService;
let north: Provider;
let dir = '';

beforeAll(async () => {
  server = await startTestCentral();
  dir = await mkdtemp(join(tmpdir(), 'swapdesk-test-'));
});
afterAll(async () => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  database = await server.fresh();
  desk = database.desk();
  admin = await database.signIn(desk);
  local = await openTestDb();
  devices = devicesOf(desk);
  north = await devices.addProvider(admin, {
    name: 'North',
    account: '0001234-00001',
    baseUrl: 'https://carrier.example/',
  });
});
afterEach(() => local.close());

function devicesOf(at: TestDesk): DevicesService {
  const audit = createAuditService({ local, writer: `desktop:${at.uid}:${admin.userUid}`, clock: systemClock });
  return createDevicesService({ local, central: async () => at.central, identity: at.identity, audit });
}

function withCheckDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

async function csv(...lines: readonly string[]): Promise<string> {
  const file = join(dir, 'lines.csv');
  await writeFile(file, `${lines.join('\r\n')}\r\n`);
  return file;
}

function stored(): Promise<Record<string, unknown>[]> {
  return database.query(
    `select d.iccid, d.imei, d.mdn, d.status, c.name as customer, p.name as plan
     from device d left join customer c on c.id = d.customer_id
     left join customer_rate_plan p on p.id = d.customer_rate_plan_id order by d.id`,
  );
}

const facts = (values: Partial<LineFacts> & { iccid: string }): LineFacts => ({
  imei: null,
  mdn: null,
  eid: null,
  status: 'active',
  carrierPlan: null,
  lastConnectionAt: null,
  customer: null,
  ratePlan: null,
  ratePool: null,
  ...values,
});

async function* pagesOf(...pages: readonly (readonly LineFacts[])[]): AsyncGenerator<readonly LineFacts[]> {
  yield* pages;
}

describe('providers', () => {
  it('keep leading zeros and only the origin', () => {
    expect(north).toMatchObject({ account: '0001234-00001', baseUrl: 'https://carrier.example', serviceType: '4g' });
  });

  it('are changed field by field, and noted', async () => {
    const changed = await devices.setProvider(admin, 'north', { ratePerMinute: null, concurrency: 20 });
    expect(changed).toEqual({ ...north, ratePerMinute: null, concurrency: 20 });
    const actions = await local.read.raw<{ entry: string }[]>('SELECT * FROM audit_entry');
    expect(actions).toHaveLength(2);
  });

  it('have one name', async () => {
    const again = devices.addProvider(admin, { name: 'North', account: '1', baseUrl: 'https://carrier.example' });
    await expect(again).rejects.toMatchObject({ kind: 'usage', code: 'provider-exists' });
    await expect(devices.provider(admin, 'South')).rejects.toThrow(/North/);
  });

  it('are not for every role, and only the own ones are seen', async () => {
    await devices.addProvider(admin, { name: 'South', account: '2', baseUrl: 'https://carrier.example' });
    const operator = await database.addUser(desk, { name: 'olga', role: 'operator', providers: ['North'] });
    expect((await devices.listProviders(operator)).map((one) => one.name)).toEqual(['North']);
    await expect(devices.setProvider(operator, 'North', { concurrency: 1 })).rejects.toMatchObject({
      kind: 'not-permitted',
    });
    // Also when main is not asked: the database itself refuses.
    const hostile = createDevicesService({
      local,
      central: async () => desk.central,
      identity: { require: () => undefined },
      audit: { record: async () => undefined },
    });
    await expect(hostile.setProvider(operator, 'North', { concurrency: 1 })).rejects.toMatchObject({
      kind: 'not-permitted',
    });
    await expect(hostile.provider(operator, 'South')).rejects.toMatchObject({ code: 'provider-unknown' });
  });
});

describe('loading a CSV', () => {
  it('makes lines, customers and plans, and counts what changed', async () => {
    const file = await csv(
      'Status,ICCID,imei,mdn,customer,rate plan',
      `active,${ICCID[0]},${IMEI[0]},5125550100,Harbor,5 MB`,
      '',
      `suspend,${ICCID[1]},,,"Harbor, North",`,
    );
    expect(await devices.loadCsv(admin, north, file)).toEqual({
      read: 2,
      inserted: 2,
      updated: 0,
      unchanged: 0,
      refused: [],
    });
    expect(await stored()).toEqual([
      { iccid: ICCID[0], imei: IMEI[0], mdn: '5125550100', status: 'active', customer: 'Harbor', plan: '5 MB' },
      { iccid: ICCID[1], imei: null, mdn: null, status: 'suspended', customer: 'Harbor, North', plan: null },
    ]);
    const again = await csv('iccid,status', `${ICCID[0]},active`, `${ICCID[1]},active`);
    expect(await devices.loadCsv(admin, north, again)).toMatchObject({ inserted: 0, updated: 1, unchanged: 1 });
    expect((await stored())[1]).toMatchObject({ status: 'active', customer: 'Harbor, North' });
  });

  it('refuses rows by line number and loads the rest', async () => {
    const file = await csv(
      'iccid,imei,customer,status',
      `${ICCID[0]},${IMEI[0]},"Two\nlines",active`,
      `8.91E+19,,,`,
      `${ICCID[1]},350000000000007,,`,
      `${ICCID[2]},${IMEI[2]},,asleep`,
      `${ICCID[3]},${IMEI[3]},,`,
      `${ICCID[3]},,,`,
      `${ICCID[2]},${IMEI[3]},,`,
    );
    const result = await devices.loadCsv(admin, north, file);
    expect(result).toMatchObject({ read: 7, inserted: 1 });
    expect(result.refused.map((one) => one.lineNo)).toEqual([2, 4, 5, 6, 8, 9]);
    expect(result.refused.map((one) => one.reason).join('\n')).toMatch(
      /name.*\n.*scientific.*\n.*check digit.*\n.*asleep.*\n.*line 7 has the same ICCID\n.*line 7 has the same IMEI/,
    );
  });

  it('does not move hardware between lines on the word of a list', async () => {
    await devices.loadCsv(admin, north, await csv('iccid,imei', `${ICCID[0]},${IMEI[0]}`));
    const result = await devices.loadCsv(admin, north, await csv('iccid,imei', `${ICCID[1]},${IMEI[0]}`));
    expect(result.refused).toEqual([{ lineNo: 2, reason: expect.stringMatching(/another line/) as string }]);
  });

  it('refuses numbers of a tenant that is not seen, and only those', async () => {
    const south = await devices.addProvider(admin, { name: 'South', account: '2', baseUrl: 'https://carrier.example' });
    await devices.loadCsv(admin, south, await csv('iccid', ICCID[1]));
    const operator = await database.addUser(desk, { name: 'olga', role: 'operator', providers: ['North'] });
    const result = await devices.loadCsv(operator, north, await csv('iccid', ICCID[0], ICCID[1], ICCID[2]));
    expect(result).toMatchObject({ inserted: 2, refused: [{ lineNo: 3 }] });
  });

  it('keeps a user of one customer to its lines', async () => {
    await devices.loadCsv(admin, north, await csv('iccid,customer', `${ICCID[0]},Harbor`, `${ICCID[1]},Prairie`));
    const operator = await database.addUser(desk, {
      name: 'olga',
      role: 'operator',
      providers: ['North'],
      customers: ['Harbor'],
    });
    const file = await csv(
      'iccid,customer,status',
      `${ICCID[0]},Harbor,active`,
      `${ICCID[1]},Harbor,active`,
      `${ICCID[2]},Harbor,active`,
      `${ICCID[3]},Unheard,active`,
    );
    const result = await devices.loadCsv(operator, north, file);
    expect(result).toMatchObject({ inserted: 1, updated: 1, refused: [{ lineNo: 3 }, { lineNo: 5 }] });
  });

  it('refuses what is no list of lines as a whole', async () => {
    const file = join(dir, 'bad.csv');
    const bad: readonly (readonly [content: string, code: string])[] = [
      ['', 'file-empty'],
      ['iccid\r\n', 'file-empty'],
      ['imei,mdn\r\n1,2\r\n', 'column-missing'],
      ['iccid,ICCID\r\n1,2\r\n', 'column-twice'],
      ['PK\u0003\u0004\u0000\u0000', 'file-binary'],
      [`iccid\r\n${ICCID[1]}\r\n"${ICCID[0]}`, 'file-damaged'],
    ];
    for (const [content, code] of bad) {
      await writeFile(file, content);
      await expect(devices.loadCsv(admin, north, file)).rejects.toMatchObject({ kind: 'failed', code });
    }
    expect(await stored()).toEqual([]);
  });

  it('says when there is no file', async () => {
    await expect(devices.loadCsv(admin, north, join(dir, 'none.csv'))).rejects.toMatchObject({ code: 'file-missing' });
    await expect(devices.loadCsv(admin, north, dir)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('reads more than one batch', async () => {
    const lines = Array.from({ length: 12_345 }, (_, index) =>
      withCheckDigit(`8914800000412${String(index).padStart(6, '0')}`),
    );
    const result = await devices.loadCsv(admin, north, await csv('iccid', ...lines));
    expect(result).toMatchObject({ read: 12_345, inserted: 12_345, refused: [] });
  });
});

describe('refreshing from the carrier', () => {
  beforeEach(async () => {
    await devices.loadCsv(
      admin,
      north,
      await csv(
        'iccid,imei,mdn,customer',
        `${ICCID[0]},${IMEI[0]},5125550100,Harbor`,
        `${ICCID[1]},${IMEI[1]},,Harbor`,
      ),
    );
  });

  it('leaves customers, and stores no place of use', async () => {
    const listed = { ...facts({ iccid: ICCID[0], carrierPlan: 'CP1' }), PrimaryPlaceOfUseFirstName: 'Zoe' };
    expect(await devices.refresh(admin, north, pagesOf([listed], [facts({ iccid: ICCID[2] })]))).toMatchObject({
      read: 2,
      inserted: 1,
      updated: 1,
    });
    expect(await stored()).toMatchObject([{ customer: 'Harbor' }, { customer: 'Harbor' }, { customer: null }]);
    const [all] = await database.query<{ text: string }>('select string_agg(d::text, chr(10)) as text from device d');
    expect(all?.text).not.toContain('Zoe');
  });

  it('follows a SIM that was swapped elsewhere, and hardware that moved', async () => {
    const swapped = facts({ iccid: ICCID[2], imei: IMEI[1], mdn: '5125550100' });
    const moved = facts({ iccid: ICCID[1], imei: IMEI[0] });
    expect(await devices.refresh(admin, north, pagesOf([swapped, moved]))).toMatchObject({ updated: 2, inserted: 0 });
    expect(await stored()).toMatchObject([
      { iccid: ICCID[2], imei: IMEI[1] },
      { iccid: ICCID[1], imei: IMEI[0] },
    ]);
  });

  it('does not touch the identifiers of a line with an open change', async () => {
    await database.query(`
      with change as (
        insert into bulk_change (uid, provider_id, change_type, name, plan_hash, request, created_by, created_by_user_id,
          desktop_uid, created_at)
        select new_uid(), d.provider_id, 'ChangeICCID', 'x', 'x', '{}', 'x', u.id, new_uid(), now()
        from device d, app_user u where d.iccid = '${ICCID[0]}' and u.name = 'admin' returning *),
      detail as (
        insert into m2m_device_change (uid, provider_id, bulk_change_id, row_no, device_id, change_request, user_id,
          desktop_uid)
        select new_uid(), c.provider_id, c.id, 1, d.id, '{}', c.created_by_user_id, c.desktop_uid
        from change c, device d where d.iccid = '${ICCID[0]}' returning *)
      insert into device_lease (device_id, provider_id, device_change_uid, user_id, desktop_uid, desktop_name, fencing)
      select device_id, provider_id, uid, user_id, desktop_uid, 'x', 1 from detail`);
    const page = [facts({ iccid: ICCID[2], mdn: '5125550100' }), facts({ iccid: ICCID[1], status: 'suspended' })];
    const result = await devices.refresh(admin, north, pagesOf(page));
    expect(result).toMatchObject({
      updated: 1,
      refused: [{ lineNo: 1, reason: expect.stringMatching(/open change/) as string }],
    });
  });
});
