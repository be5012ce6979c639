import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFinding } from '../../../shared/domain/finding-catalogue';
import { openTestDb, explainUsesIndex, type TestDb } from '../../../test/support/local-db';
import { draftsHere, pageOf } from '../../../test/support/drafts-here';
import { fillMirror, PROVIDER, PROVIDER_UID } from '../../../test/support/mirror';
import type { DraftsService } from './types';

let db: TestDb;
let drafts: DraftsService;

beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, []);
  drafts = draftsHere(db).drafts;
});

afterEach(() => db.close());

/** Ten rows: every fifth has an error, every third of the others a warning. */
const verdictAt = (row: number): 'valid' | 'warning' | 'error' =>
  row % 5 === 0 ? 'error' : row % 3 === 0 ? 'warning' : 'valid';
const FINDING = {
  valid: [],
  warning: [makeFinding('iccid-prefix', 'newIccid', { seen: '1' })],
  error: [makeFinding('line-unknown', 'oldIccid', { seen: '2' })],
};

async function addDraft(rows: number, uid = 'draft-1', deviceId: number | null = 100): Promise<number> {
  const numbers = Array.from({ length: rows }, (_, index) => index + 1);
  const count = (verdict: string): number => numbers.filter((row) => verdictAt(row) === verdict).length;
  return db.write(async (trx) => {
    const [draft] = await trx.raw<{ id: number }[]>(
      `insert into draft (uid, name, state, provider_uid, change_type, source_name, encoding, delimiter, created_at,
         created_by, row_count, valid_count, warning_count, error_count, findings, mirror_at, touched_at)
       values (?, 'list.csv', 'ready', ?, 'ChangeICCID', 'list.csv', 'utf-8', ',', 1000, 'olivia', ?, ?, ?, ?, ?, 2000, 1)
       returning id`,
      [
        uid,
        PROVIDER_UID,
        rows,
        count('valid'),
        count('warning'),
        count('error'),
        JSON.stringify({ 'iccid-prefix': count('warning'), 'line-unknown': count('error') }),
      ],
    );
    const id = draft?.id ?? 0;
    await trx.raw(
      `insert into draft_row (draft_id, row_no, line_no, verdict, device_id, mdn, old_iccid, old_imei, new_iccid,
         new_imei, findings)
       select ?, value->>0, (value->>0) + 1, value->>1, ?, '5125550143', value->>2, '490154203237518', value->>3,
         'ignored', value->>4 from json_each(?)`,
      [
        id,
        deviceId,
        JSON.stringify(
          numbers.map((row) => {
            const verdict = verdictAt(row);
            const findings = FINDING[verdict].length === 0 ? null : JSON.stringify(FINDING[verdict]);
            return [row, verdict, `8914${row}`, `8915${row}`, findings];
          }),
        ),
      ],
    );
    return id;
  });
}

test('a draft is found by number and by uid, with the name of its provider', async () => {
  const id = await addDraft(10);
  const draft = await drafts.get(String(id));
  expect(draft).toMatchObject({
    id,
    providerName: 'Northwind Fleet',
    rows: 10,
    valid: 5,
    warning: 3,
    error: 2,
    findings: { 'iccid-prefix': 3, 'line-unknown': 2 },
    createdAt: '1970-01-01T00:00:01.000Z',
    mirrorAt: '1970-01-01T00:00:02.000Z',
  });
  expect(await drafts.get('draft-1')).toEqual(draft);
  expect(await drafts.list()).toEqual([draft]);
  await expect(drafts.get('99')).rejects.toMatchObject({ kind: 'usage', code: 'draft-unknown' });
  await expect(drafts.get('no-such')).rejects.toMatchObject({ code: 'draft-unknown' });
});

test('what is still being imported is not there yet', async () => {
  const id = await addDraft(3);
  const draft = await drafts.get(String(id));
  await db.write((trx) => trx.raw(`update draft set state = 'unfinished'`));
  expect(await drafts.list()).toEqual([]);
  await expect(drafts.get(String(id))).rejects.toMatchObject({ code: 'draft-unknown' });
  expect(
    await db.write((trx) => drafts.takeRows(trx, draft, PROVIDER, { onlyValid: true, acceptWarnings: true })),
  ).toMatchObject({ rows: [] });
});

describe('rows', () => {
  test('come in pages, of one verdict, or by a text', async () => {
    const id = await addDraft(20);
    const numbers = async (page: Parameters<typeof pageOf>[0]) => {
      const { total, rows } = await drafts.rows(id, pageOf(page));
      return [total, ...rows.map((row) => row.row)];
    };
    expect(await numbers({ limit: 3, offset: 4 })).toEqual([20, 5, 6, 7]);
    expect(await numbers({ limit: 2, offset: 1, filter: { verdict: 'error' } })).toEqual([4, 10, 15]);
    expect(await numbers({ limit: 5, offset: 0, filter: { text: '89142' } })).toEqual([2, 2, 20]);
    expect(await numbers({ limit: 5, offset: 0, filter: { text: '%' } })).toEqual([0]);
    expect(await numbers({ limit: 9, offset: 0, filter: { finding: 'line-unknown', verdict: 'warning' } })).toEqual([
      0,
    ]);
    expect(await numbers({ limit: 9, offset: 100 })).toEqual([20]);
  });

  test('are whole, and name as new only what changes', async () => {
    const id = await addDraft(5);
    const { rows } = await drafts.rows(id, pageOf({ limit: 1, offset: 4 }));
    expect(rows).toEqual([
      {
        row: 5,
        line: 6,
        verdict: 'error',
        deviceId: 100,
        mdn: '5125550143',
        old: { iccid: '89145', imei: '490154203237518' },
        new: { iccid: '89155' },
        customer: null,
        ratePlan: null,
        ratePool: null,
        effectiveDate: null,
        note: null,
        findings: FINDING.error,
        excluded: false,
        edited: [],
        overrides: [],
        cells: {},
      },
    ]);
  });

  test('with gaps are paged through the index', async () => {
    const id = await addDraft(20);
    await db.write((trx) => drafts.removeRows(trx, id, [1, 2, 3]));
    const { total, rows } = await drafts.rows(id, pageOf({ limit: 2, offset: 1 }));
    expect([total, ...rows.map((row) => row.row)]).toEqual([17, 5, 6]);
    const sql = `select row_no from draft_row where draft_id = ? and excluded = 0 and verdict = ? order by row_no limit 2 offset 1`;
    expect(await explainUsesIndex(db.read, sql, [id, 'error'], 'draft_row_verdict')).toBe(true);
  });
});

describe('the plan', () => {
  test('holds the exact requests of the rows that may go, in order', async () => {
    const draft = await drafts.get(String(await addDraft(10)));
    const plan = await drafts.plan(draft, PROVIDER, { onlyValid: true, acceptWarnings: false }, 100);
    expect(plan).toMatchObject({ rows: 5, skipped: 5, expectedSeconds: { least: 1, most: 60 } });
    expect(plan.requests.map((request) => request.row)).toEqual([1, 2, 4, 7, 8]);
    expect(plan.requests[0]).toMatchObject({
      row: 1,
      method: 'PUT',
      path: '/api/m2m/v1/devices/4g/actions/deviceId',
      body: {
        deviceIds: [{ id: '89141', kind: 'iccid' }],
        deviceIdsTo: [{ id: '89151', kind: 'iccid' }],
        change4gOption: 'ChangeICCID',
      },
    });
    const more = await drafts.plan(draft, PROVIDER, { onlyValid: false, acceptWarnings: true }, 0);
    expect(more).toMatchObject({ rows: 8, skipped: 2 });
    expect(more.planHash).not.toBe(plan.planHash);
  });

  test('shows the plan of the carrier in every swap that sets it, counts these, and says that it stays', async () => {
    const draft = await drafts.get(String(await addDraft(10)));
    const choice = { onlyValid: true, acceptWarnings: false, carrierPlan: 'M2M4G5MB' };
    const plan = await drafts.plan(draft, PROVIDER, choice, 1);
    expect(plan.requests[0]).toMatchObject({ body: { servicePlan: 'M2M4G5MB' } });
    expect(plan).toMatchObject({ quotas: { planChanges: 5 }, reversibility: { reversible: 0, conditional: 5 } });
  });

  test('has the same hash for the same content only', async () => {
    const [one, other] = [await addDraft(10, 'one'), await addDraft(10, 'other')];
    const hashOf = async (id: number, provider = PROVIDER): Promise<string> =>
      (await drafts.plan(await drafts.get(String(id)), provider, { onlyValid: true, acceptWarnings: false }, 0))
        .planHash;
    const hash = await hashOf(one);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf(other)).toBe(hash);
    expect(await hashOf(one, { ...PROVIDER, serviceType: '4G' })).not.toBe(hash);
    expect(await hashOf(one, { ...PROVIDER, account: '0000123456-00002' })).not.toBe(hash);
    for (const change of [`new_iccid = '89159'`, `customer = 'x'`, `effective_date = '2026-12-01'`, `mdn = '1'`]) {
      await db.write((trx) => trx.raw(`update draft_row set ${change} where draft_id = ? and row_no = 1`, [other]));
      expect(await hashOf(other)).not.toBe(hash);
    }
  });

  test('walks through more rows than fit into one piece', async () => {
    const draft = await drafts.get(String(await addDraft(3_000)));
    const plan = await drafts.plan(draft, PROVIDER, { onlyValid: true, acceptWarnings: true }, 5_000);
    expect([plan.rows, plan.skipped, plan.requests.at(-1)?.row]).toEqual([2_400, 600, 2_999]);
  });

  test('expects longer where the provider sets a rate', async () => {
    const draft = await drafts.get(String(await addDraft(100)));
    const plan = await drafts.plan(
      draft,
      { ...PROVIDER, ratePerMinute: 30 },
      { onlyValid: true, acceptWarnings: true },
      0,
    );
    expect(plan.rows).toBe(80);
    expect(plan.expectedSeconds.least).toBe(159);
  });

  test('is refused for lines that nobody has looked up', async () => {
    const draft = await drafts.get(String(await addDraft(3, 'unchecked', null)));
    const choice = { onlyValid: true, acceptWarnings: false };
    await expect(drafts.plan(draft, PROVIDER, choice, 0)).rejects.toMatchObject({ code: 'lines-not-checked' });
    await expect(db.write((trx) => drafts.takeRows(trx, draft, PROVIDER, choice))).rejects.toMatchObject({
      code: 'lines-not-checked',
    });
  });
});

test('rows are taken and removed in the caller’s transaction; what stays is counted again', async () => {
  const id = await addDraft(10);
  const draft = await drafts.get(String(id));
  const choice = { onlyValid: true, acceptWarnings: false };
  await expect(
    db.write(async (trx) => {
      const { rows } = await drafts.takeRows(trx, draft, PROVIDER, choice);
      await drafts.removeRows(
        trx,
        id,
        rows.map((row) => row.row),
      );
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await drafts.get(String(id))).toMatchObject({ rows: 10 });

  const taken = await db.write(async (trx) => {
    const { rows } = await drafts.takeRows(trx, draft, PROVIDER, choice);
    await drafts.removeRows(
      trx,
      id,
      rows.map((row) => row.row),
    );
    return rows;
  });
  expect(taken).toHaveLength(5);
  expect(await drafts.get(String(id))).toMatchObject({
    rows: 5,
    valid: 0,
    warning: 3,
    error: 2,
    findings: { 'iccid-prefix': 3, 'line-unknown': 2 },
  });
  await db.write((trx) => drafts.removeRows(trx, id, [3, 5, 6, 9, 10]));
  expect(await drafts.get(String(id)).catch((error: unknown) => error)).toMatchObject({ code: 'draft-unknown' });
});

test('renaming and deleting', async () => {
  const id = await addDraft(10);
  const other = await addDraft(10, 'other');
  await drafts.rename(id, '  Van fleet  ');
  expect(await drafts.get(String(id))).toMatchObject({ name: 'Van fleet' });
  await drafts.delete(id);
  await expect(drafts.get(String(id))).rejects.toMatchObject({ code: 'draft-unknown' });
  await expect(drafts.rename(id, 'x')).rejects.toMatchObject({ code: 'draft-unknown' });
  await expect(drafts.delete(id)).rejects.toMatchObject({ code: 'draft-unknown' });
  expect(await db.read.raw(`select draft_id, count(*) as n from draft_row group by 1`)).toEqual([
    { draft_id: other, n: 10 },
  ]);
});
