import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { createIdentifiersService, createLoginGuard } from '../../main/services/identifiers';
import type { EnrolChange, EnrolRow, IdentifiersService, IdentifierUpdate } from '../../main/services/identifiers';
import { startTestCentral, type TestCentral, type TestDatabase, type TestDesk } from '../support/central';
import { makeTenants, type Tenant } from '../support/central-fixture';

interface Worker {
  readonly desk: TestDesk;
  readonly identifiers: IdentifiersService;
}

let server: TestCentral;
let db: TestDatabase;
let north: Tenant;
let first: Worker;
let second: Worker;
beforeAll(async () => {
  server = await startTestCentral();
});
afterAll(() => server.stop());
beforeEach(async () => {
  db = await server.fresh();
  north = (await makeTenants(db)).north;
  first = await worker('desk one', 'olga');
  second = await worker('desk two', 'oscar');
});

async function worker(deskName: string, userName: string): Promise<Worker> {
  const desk = db.desk(deskName);
  const session = await db.addUser(desk, { name: userName, role: 'operator' });
  return { desk, identifiers: createIdentifiersService({ central: desk.central, session: () => session }) };
}

const NEW_ICCID = '89148000009900000001';
const NEW_IMEI = '359900000000001';

const newChange = (): EnrolChange => ({
  uid: systemIds.uid(),
  providerUid: north.uid,
  changeType: 'ChangeIMEIandICCID',
  name: 'Swap',
  planHash: 'hash',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'olga',
  request: { from: 'a test' },
});

const rowFor = (line: number, rowNo = 1): EnrolRow => ({
  uid: systemIds.uid(),
  rowNo,
  deviceId: north.lines[line]?.id ?? 0,
  old: { iccid: north.lines[line]?.iccid ?? '', imei: north.lines[line]?.imei ?? '' },
  new: { iccid: NEW_ICCID, imei: NEW_IMEI },
  changeRequest: {},
});

const updateOf = (row: EnrolRow, fencing: number, more: Partial<IdentifierUpdate> = {}): IdentifierUpdate => ({
  deviceChangeUid: row.uid,
  providerUid: north.uid,
  deviceId: row.deviceId,
  old: row.old,
  new: row.new,
  customer: null,
  ratePlan: null,
  ratePool: null,
  effectiveDate: null,
  processedBy: 'olga',
  fencing,
  ...more,
});

async function enrolled(row: EnrolRow, by = first): Promise<number> {
  const { grants } = await by.identifiers.enrol(newChange(), [row]);
  expect(grants[0]).toMatchObject({ granted: true });
  return grants[0]?.fencing ?? 0;
}

const lineNow = async (row: EnrolRow): Promise<Record<string, unknown> | undefined> =>
  (await db.query('select iccid, imei, customer_rate_plan_id from device where id = $1', [row.deviceId]))[0];

describe('leases', () => {
  test('are granted once a line, refused with the holder’s name, and asking again changes nothing', async () => {
    const change = newChange();
    const rows = [rowFor(0, 1), rowFor(1, 2)];
    const answer = await first.identifiers.enrol(change, rows);
    expect(answer.grants.map((grant) => grant.granted)).toEqual([true, true]);
    expect(await first.identifiers.enrol(change, rows)).toEqual(answer);
    const other = await second.identifiers.enrol(newChange(), [rowFor(1, 1), rowFor(2, 2)]);
    expect(other.grants).toMatchObject([
      { granted: false, heldBy: 'olga at desk one', fencing: 0 },
      { granted: true, heldBy: null },
    ]);
    await first.identifiers.releaseLeases([rows[1]?.uid ?? '']);
    expect((await second.identifiers.enrol(newChange(), [rowFor(1)])).grants[0]?.granted).toBe(true);
  });

  test('a line named twice in one change, and a line that is not there, are refused row by row', async () => {
    const ghost = { ...rowFor(0, 3), deviceId: 999_999 };
    const { grants } = await first.identifiers.enrol(newChange(), [rowFor(0, 1), rowFor(0, 2), ghost]);
    expect(grants.map((grant) => grant.granted)).toEqual([true, false, false]);
    expect(grants[2]?.heldBy).toContain('no line of this number');
  });

  test('two desks that ask for the same lines in opposite order at once: each line has one holder', async () => {
    const lines = [0, 1, 2, 3];
    for (let round = 0; round < 5; round += 1) {
      const ask = (by: Worker, order: readonly number[]) =>
        by.identifiers.enrol(
          newChange(),
          order.map((line, index) => rowFor(line, index + 1)),
        );
      const [one, two] = await Promise.all([ask(first, lines), ask(second, lines.toReversed())]);
      const granted = [...(one?.grants ?? []), ...(two?.grants ?? [])].filter((grant) => grant.granted);
      expect(granted).toHaveLength(4);
      await first.identifiers.releaseLeases(granted.map((grant) => grant.uid));
      await second.identifiers.releaseLeases(granted.map((grant) => grant.uid));
    }
  });

  test('run out only for rows never sent; the one who lost it can neither send nor renew nor update', async () => {
    const row = rowFor(0);
    const fencing = await enrolled(row);
    await db.query("update device_lease set expires_at = now() - interval '1 second'");
    const taken = rowFor(0);
    const newer = await enrolled(taken, second);
    expect(newer).toBeGreaterThan(fencing);
    expect(await first.identifiers.markSending(row.uid, fencing)).toBe(false);
    expect(await first.identifiers.renewLeases([row.uid])).toEqual([row.uid]);
    expect(await first.identifiers.update(updateOf(row, fencing))).toMatchObject({
      kind: 'conflict',
      reason: 'lease-lost',
    });

    expect(await second.identifiers.markSending(taken.uid, newer)).toBe(true);
    expect(await second.identifiers.markSending(taken.uid, newer)).toBe(true);
    expect(await second.identifiers.markSending(taken.uid, newer - 1)).toBe(false);
    const [lease] = await db.query<{ expires_at: Date | null }>('select expires_at from device_lease');
    expect(lease?.expires_at).toBeNull();
    expect((await first.identifiers.enrol(newChange(), [rowFor(0)])).grants[0]?.granted).toBe(false);
  });

  test('a lease near its end is not enough to send; renewed it is', async () => {
    const row = rowFor(0);
    const fencing = await enrolled(row);
    await db.query("update device_lease set expires_at = now() + interval '1 minute'");
    expect(await first.identifiers.markSending(row.uid, fencing)).toBe(false);
    expect(await first.identifiers.renewLeases([row.uid])).toEqual([]);
    expect(await first.identifiers.markSending(row.uid, fencing)).toBe(true);
  });

  test('the same uid with another plan is refused', async () => {
    const change = newChange();
    await first.identifiers.enrol(change, [rowFor(0)]);
    await expect(first.identifiers.enrol({ ...change, planHash: 'other' }, [rowFor(0)])).rejects.toMatchObject({
      code: 'change-differs',
    });
  });
});

describe('the identifier update', () => {
  test('writes line, status, log and lease in one transaction; a second call answers already applied', async () => {
    const row = rowFor(0);
    const fencing = await enrolled(row);
    expect(await first.identifiers.update(updateOf(row, fencing))).toEqual({ kind: 'updated' });
    expect(await lineNow(row)).toMatchObject({ iccid: NEW_ICCID, imei: NEW_IMEI });
    const [change] = await db.query('select status, applied_at, processed_by from m2m_device_change');
    expect(change).toMatchObject({ status: 'processed', processed_by: 'olga' });
    const log = await db.query<{ details: unknown }>('select details from logging.m2m_log');
    expect(log[0]?.details).toEqual({ old: row.old, new: row.new });
    expect(await db.query('select from device_lease')).toEqual([]);
    expect(await first.identifiers.update(updateOf(row, fencing))).toEqual({ kind: 'already-applied' });
    expect(await db.query('select from logging.m2m_log')).toHaveLength(1);
  });

  test('twice at the same moment: applied once', async () => {
    const row = rowFor(0);
    const fencing = await enrolled(row);
    const answers = await Promise.all([1, 2, 3, 4].map(() => first.identifiers.update(updateOf(row, fencing))));
    expect(answers.map((answer) => answer.kind).toSorted()).toEqual([
      'already-applied',
      'already-applied',
      'already-applied',
      'updated',
    ]);
    expect(await db.query('select from logging.m2m_log')).toHaveLength(1);
  });

  test('a line that is no longer what the row says is a conflict with what was found, and stays as it is', async () => {
    const row = rowFor(0);
    const fencing = await enrolled(row);
    await db.query("update device set imei = '351234567890123' where id = $1", [row.deviceId]);
    expect(await first.identifiers.update(updateOf(row, fencing))).toEqual({
      kind: 'conflict',
      reason: 'line-differs',
      found: { iccid: row.old.iccid, imei: '351234567890123' },
    });
    expect(await lineNow(row)).toMatchObject({ iccid: row.old.iccid });
    const [change] = await db.query('select status from m2m_device_change');
    expect(change).toEqual({ status: 'created' });
  });

  test('new identifiers other than the stored ones, and an unknown row, are conflicts', async () => {
    const row = rowFor(0);
    const fencing = await enrolled(row);
    const other = updateOf(row, fencing, { new: { iccid: '89148000009900000077', imei: NEW_IMEI } });
    expect(await first.identifiers.update(other)).toMatchObject({ kind: 'conflict', reason: 'change-differs' });
    const unknown = updateOf({ ...row, uid: systemIds.uid() }, fencing);
    expect(await first.identifiers.update(unknown)).toMatchObject({ kind: 'conflict', reason: 'change-unknown' });
  });

  test('an identifier that another line has is a conflict; while that line is giving it up, it is tried again', async () => {
    const holder = north.lines[1];
    const row = { ...rowFor(0), new: { iccid: holder?.iccid ?? '' }, old: { iccid: north.lines[0]?.iccid ?? '' } };
    const fencing = await enrolled(row);
    expect(await first.identifiers.update(updateOf(row, fencing))).toMatchObject({
      kind: 'conflict',
      reason: 'identifier-taken',
    });
    const moving = { ...rowFor(1), old: { iccid: holder?.iccid ?? '' }, new: { iccid: NEW_ICCID } };
    const itsFencing = await enrolled(moving, second);
    await expect(first.identifiers.update(updateOf(row, fencing))).rejects.toMatchObject({
      code: 'identifier-in-transit',
      kind: 'failed',
    });
    expect(await second.identifiers.update(updateOf(moving, itsFencing))).toEqual({ kind: 'updated' });
    expect(await first.identifiers.update(updateOf(row, fencing))).toEqual({ kind: 'updated' });
  });

  test('the deactivated line that was deleted at the carrier first goes, with its identifiers free; no other does', async () => {
    const holder = north.lines[1];
    const wanted = holder?.iccid ?? '';
    const row = { ...rowFor(0), old: { iccid: north.lines[0]?.iccid ?? '' }, new: { iccid: wanted } };
    const withDelete = { ...row, changeRequest: { DeleteFirst: { kind: 'iccid', id: wanted } } };
    // Its own past does not keep it.
    const past = { ...rowFor(1), new: { iccid: '89148000009900000777' }, old: { iccid: wanted } };
    await first.identifiers.enrol(newChange(), [past]);
    const fencing = await enrolled(withDelete);
    await db.query(`update device set status = 'deactivated' where id = $1`, [holder?.id]);
    expect(
      await first.identifiers.update(updateOf(withDelete, fencing)).catch((error: unknown) => error),
    ).toMatchObject({
      code: 'identifier-in-transit',
    });
    await db.query('delete from device_lease where device_id = $1', [holder?.id]);
    await db.query(`update device set status = 'active' where id = $1`, [holder?.id]);
    expect(await first.identifiers.update(updateOf(withDelete, fencing))).toMatchObject({ reason: 'identifier-taken' });
    await db.query(`update device set status = 'deactivated' where id = $1`, [holder?.id]);
    expect(await first.identifiers.update(updateOf(withDelete, fencing))).toEqual({ kind: 'updated' });
    expect(await lineNow(row)).toMatchObject({ iccid: wanted });
    expect(await db.query('select id from device where id = $1', [holder?.id])).toEqual([]);
  });

  test('a deactivated line that no change said to delete stays', async () => {
    const holder = north.lines[1];
    const row = { ...rowFor(0), old: { iccid: north.lines[0]?.iccid ?? '' }, new: { iccid: holder?.iccid ?? '' } };
    const fencing = await enrolled(row);
    await db.query(`update device set status = 'deactivated' where id = $1`, [holder?.id]);
    expect(await first.identifiers.update(updateOf(row, fencing))).toMatchObject({ reason: 'identifier-taken' });
  });

  test('plan and pool go with it from their day on: at once, or when the day has come', async () => {
    const now = rowFor(0);
    const fencing = await enrolled(now);
    const choice = { ratePlan: 'Gold', ratePool: 'Pool A', customer: 'Bolt' };
    expect(await first.identifiers.update(updateOf(now, fencing, choice))).toEqual({ kind: 'updated' });
    const [line] = await db.query(
      `select c.name customer, p.name plan, q.name pool from device d join customer c on c.id = d.customer_id
       join customer_rate_plan p on p.id = d.customer_rate_plan_id
       join customer_rate_pool q on q.id = d.customer_rate_pool_id where d.id = $1`,
      [now.deviceId],
    );
    expect(line).toEqual({ customer: 'Bolt', plan: 'Gold', pool: 'Pool A' });

    const later = { ...rowFor(1), new: { iccid: '89148000009900000002', imei: '359900000000002' } };
    const [{ day } = { day: '' }] = await db.query<{ day: string }>('select (current_date + 7)::text as day');
    const dated = updateOf(later, await enrolled(later), { ratePlan: 'Silver', effectiveDate: day });
    expect(await first.identifiers.update(dated)).toEqual({ kind: 'updated' });
    expect(await lineNow(later)).toMatchObject({ customer_rate_plan_id: null });
    await db.query('update device_customer_assignment set effective_date = current_date where applied_at is null');
    await first.identifiers.enrol(newChange(), [rowFor(2)]);
    expect(await lineNow(later)).not.toMatchObject({ customer_rate_plan_id: null });
  });

  test('an unknown plan is a conflict, and the line stays as it is', async () => {
    const row = rowFor(0);
    const fencing = await enrolled(row);
    expect(await first.identifiers.update(updateOf(row, fencing, { ratePlan: 'Platinum' }))).toMatchObject({
      kind: 'conflict',
      reason: 'rate-plan-unknown',
    });
    expect(await lineNow(row)).toMatchObject({ iccid: row.old.iccid });
  });
});

test('statuses are pushed by uid; an older version changes nothing, and an applied row stays processed', async () => {
  const row = rowFor(0);
  const fencing = await enrolled(row);
  const push = (status: string, rowVersion: number, by = first): Promise<void> =>
    by.identifiers.pushStatuses([
      {
        uid: row.uid,
        status,
        needsPerson: false,
        requestId: 'r-1',
        attempts: 1,
        error: null,
        disposition: null,
        rowVersion,
      },
    ]);
  const status = async (): Promise<unknown> =>
    (await db.query<{ status: string }>('select status from m2m_device_change'))[0]?.status;
  await push('submitted', 3);
  await push('sending', 2);
  expect(await status()).toBe('submitted');
  await push('error', 9, second);
  expect(await status()).toBe('submitted');
  await first.identifiers.update(updateOf(row, fencing));
  await push('confirmed', 4);
  expect(await status()).toBe('processed');
  await push('rolled_back', 5);
  expect(await status()).toBe('rolled_back');
});

test('one sender a provider: another desk is told who; its time or its release makes room, an old number is refused', async () => {
  const given = await first.identifiers.acquireSender(north.uid);
  if (!('fencing' in given)) throw new Error('no sender');
  expect(await second.identifiers.acquireSender(north.uid)).toEqual({ holder: 'olga at desk one' });
  expect(await first.identifiers.renewSender(north.uid, given.fencing)).toBe(true);
  await db.query("update provider_sender set expires_at = now() - interval '1 second'");
  const taken = await second.identifiers.acquireSender(north.uid);
  if (!('fencing' in taken)) throw new Error('not taken over');
  expect(taken.fencing).toBeGreaterThan(given.fencing);
  expect(await first.identifiers.renewSender(north.uid, given.fencing)).toBe(false);
  await first.identifiers.releaseSender(north.uid, given.fencing);
  expect(await second.identifiers.renewSender(north.uid, taken.fencing)).toBe(true);
  await second.identifiers.releaseSender(north.uid, taken.fencing);
  expect(await first.identifiers.acquireSender(north.uid)).toHaveProperty('fencing');
});

describe('the login guard', () => {
  const guardOf = async (deskName: string) => {
    const desk = db.desk(deskName);
    const session = await db.signIn(desk);
    return createLoginGuard({ central: desk.central, session: () => session, clock: systemClock });
  };

  test('ten desks with the same wrong password make two logins between them', async () => {
    const guards = await Promise.all(Array.from({ length: 10 }, (_, number) => guardOf(`desk ${number}`)));
    let logins = 0;
    await Promise.all(
      guards.map(async (guard) => {
        if (!(await guard.mayTry(north.uid))) return;
        logins += 1;
        await systemClock.sleep(20);
        await guard.failed(north.uid);
      }),
    );
    expect(logins).toBe(2);
    expect(await guards[0]?.mayTry(north.uid)).toBe(false);
    const alerts = await db.query<{ code: string }>('select code from alert');
    expect(alerts).toEqual([{ code: 'provider-stopped' }]);
    await guards[3]?.reset(north.uid);
    expect(await guards[0]?.mayTry(north.uid)).toBe(true);
  });

  test('ten desks with the right password all get in', async () => {
    const guards = await Promise.all(Array.from({ length: 10 }, (_, number) => guardOf(`desk ${number}`)));
    const allowed = await Promise.all(
      guards.map(async (guard) => {
        const may = await guard.mayTry(north.uid);
        await guard.succeeded(north.uid);
        return may;
      }),
    );
    expect(allowed).toEqual(Array(10).fill(true));
  });

  test('a refusal is forgotten after a success; taking an attempt back forgets no refusal', async () => {
    const guard = await guardOf('desk');
    expect(await guard.mayTry(north.uid)).toBe(true);
    await guard.failed(north.uid);
    expect(await guard.mayTry(north.uid)).toBe(true);
    await guard.succeeded(north.uid);
    await guard.mayTry(north.uid);
    await guard.failed(north.uid);
    await guard.mayTry(north.uid);
    await guard.uncount(north.uid);
    expect(await guard.mayTry(north.uid)).toBe(true);
    await guard.failed(north.uid);
    expect(await guard.mayTry(north.uid)).toBe(false);
  });

  test('attempts whose desk was killed stop the provider before five could have been refused', async () => {
    const guard = await guardOf('desk');
    let begun = 0;
    for (let crash = 0; crash < 6; crash += 1) {
      if (await guard.mayTry(north.uid)) begun += 1;
      await db.query("update login_attempt set started_at = now() - interval '2 minutes'");
    }
    expect(begun).toBe(4);
  });
});

test('a viewer’s session can use none of it', async () => {
  const desk = db.desk();
  const session = await db.addUser(desk, { name: 'vera', role: 'viewer' });
  const identifiers = createIdentifiersService({ central: desk.central, session: () => session });
  await expect(identifiers.enrol(newChange(), [rowFor(0)])).rejects.toMatchObject({ kind: 'not-permitted' });
  await expect(identifiers.update(updateOf(rowFor(0), 1))).rejects.toMatchObject({ kind: 'not-permitted' });
  const guard = createLoginGuard({ central: desk.central, session: () => session, clock: systemClock });
  await expect(guard.mayTry(north.uid)).rejects.toMatchObject({ kind: 'not-permitted' });
});
