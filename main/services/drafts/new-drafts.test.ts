import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { draftsHere, pageOf, type DraftsHere } from '../../../test/support/drafts-here';
import { iccid, importHere, line, lines } from '../../../test/support/import-here';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror, PROVIDER_UID } from '../../../test/support/mirror';

let db: TestDb;
let here: DraftsHere;
const DRAFT = { name: 'from lines', providerUid: PROVIDER_UID, changeType: 'ChangeICCID' } as const;
const ANY = { text: '', status: null, customer: null, ratePlan: null } as const;

beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, [
    ...lines(30),
    { ...line(41), status: 'suspended' },
    { ...line(42), status: 'suspended' },
    { ...line(50), providerId: 2 },
  ]);
  await db.write((trx) => trx.raw(`update device set customer_id = 1, customer_rate_plan_id = 1 where id in (3, 4)`));
  here = draftsHere(db);
});
afterEach(() => db.close());

const lineNumbers = async (draftId: number) =>
  (await here.drafts.rows(draftId, pageOf())).rows.map(({ deviceId }) => deviceId);

describe('a draft that begins with lines', () => {
  test('has a row for each, with what the line has now, and waits for what it gets', async () => {
    const draft = await here.drafts.fromLines(DRAFT, { ids: [7, 5] });
    expect(draft).toMatchObject({ name: 'from lines', rows: 2, error: 2, findings: { 'new-missing': 2 } });
    const { rows } = await here.drafts.rows(draft.id, pageOf());
    expect(rows[0]).toMatchObject({ row: 1, deviceId: 5, old: { iccid: iccid(5) }, new: {} });
    const { draft: filled } = await here.drafts.editRow(draft.id, 1, { newIccid: iccid(105) });
    expect(filled).toMatchObject({ valid: 1, error: 1 });
    expect(here.audited[0]).toMatchObject({ action: 'draft.created', provider: PROVIDER_UID });
  });

  test.each([
    ['status', { ...ANY, status: 'suspended' }, [41, 42]],
    ['customer', { ...ANY, customer: 'Harbor Logistics' }, [3, 4]],
    ['rate plan', { ...ANY, ratePlan: 'HL-5MB' }, [3, 4]],
    ['part of an identifier', { ...ANY, text: iccid(17) }, [17]],
    ['several at once', { ...ANY, status: 'active', customer: 'Harbor Logistics', text: iccid(4) }, [4]],
  ] as const)('takes those that a filter lets through: %s', async (_name, filter, expected) => {
    const draft = await here.drafts.fromLines(DRAFT, filter);
    expect(await lineNumbers(draft.id)).toEqual(expected);
  });

  test('never takes lines of another provider, and leaves no empty draft behind', async () => {
    await expect(here.drafts.fromLines(DRAFT, { ids: [50] })).rejects.toMatchObject({ code: 'no-lines-chosen' });
    await expect(here.drafts.fromLines(DRAFT, { ...ANY, text: iccid(50) })).rejects.toMatchObject({
      code: 'no-lines-chosen',
    });
    here.become({ providerUids: ['somebody-else'] });
    await expect(here.drafts.fromLines(DRAFT, { ids: [1] })).rejects.toMatchObject({ code: 'provider-unknown' });
    here.become({ providerUids: null });
    expect(await here.drafts.list()).toEqual([]);
  });
});

test('a draft says how its list was read, its copy too; one that begins with lines has no list', async () => {
  const text = `Swaps of this week\n\nOld SIM;New SIM\n\n${iccid(1)};${iccid(101)}\n`;
  const { draftId } = await importHere(db, text);
  const reading = { format: 'csv', encoding: 'utf-8', delimiter: ';', sheet: null, headingRow: 3, blankLines: 1 };
  expect((await here.drafts.get(String(draftId))).reading).toEqual(reading);
  expect((await here.drafts.copy(draftId, 'second try')).reading).toEqual(reading);
  expect((await here.drafts.fromLines(DRAFT, { ids: [7] })).reading).toBeNull();
});

describe('a copy', () => {
  test('has everything of the draft, also the columns that mean nothing to us, and its own life', async () => {
    const text = `Site,Old SIM,New SIM\nDepot 1,${iccid(1)},${iccid(101)}\nDepot 2,${iccid(2)},1234567890123456789\n`;
    const { draftId } = await importHere(db, text);
    await here.drafts.editRow(draftId, 1, { note: 'box 7' });
    await here.drafts.override(draftId, { rows: [2] }, 'iccid-prefix', 'read from the card');
    const before = (await here.drafts.rows(draftId, pageOf())).rows;
    const copy = await here.drafts.copy(draftId, 'second try');
    expect(copy).toMatchObject({ name: 'second try', createdBy: 'olivia', rows: 2, undo: null, sharing: false });
    expect((await here.drafts.rows(copy.id, pageOf())).rows).toEqual(before);
    expect(await extrasOf(copy.id)).toEqual([
      ['["Site"]', '["Depot 1"]'],
      ['["Site"]', '["Depot 2"]'],
    ]);

    await here.drafts.exclude(copy.id, { rows: [2] });
    expect((await here.drafts.rows(draftId, pageOf())).rows).toEqual(before);
    await here.drafts.delete(draftId);
    expect(await here.drafts.get(copy.uid)).toMatchObject({ rows: 1, excluded: 1 });
    expect(here.audited).toContainEqual(
      expect.objectContaining({
        action: 'draft.copied',
        details: expect.objectContaining({ name: 'second try' }) as unknown,
      }),
    );
  });

  test('of more rows than one transaction copies has them all', async () => {
    const rows = Array.from({ length: 11_000 }, (_, index) => `${iccid(index)},${iccid(index + 20_000)}`);
    const { draftId } = await importHere(db, ['old iccid,new iccid', ...rows].join('\n'));
    const { id } = await here.drafts.copy(draftId, 'copy');
    const [counted] = await db.read.raw<{ rows: number; last: number }[]>(
      'select count(*) as rows, max(row_no) as last from draft_row where draft_id = ?',
      [id],
    );
    expect(counted).toEqual({ rows: 11_000, last: 11_000 });
  });
});

async function extrasOf(draftId: number): Promise<readonly (readonly string[])[]> {
  const rows = await db.read.raw<{ headings: string; extra: string }[]>(
    `select draft.extra_headings as headings, draft_row.extra from draft_row join draft on draft.id = draft_id
     where draft_id = ? order by row_no`,
    [draftId],
  );
  return rows.map(({ headings, extra }) => [headings, extra]);
}
