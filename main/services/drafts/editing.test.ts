import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { draftsHere, pageOf, type DraftsHere } from '../../../test/support/drafts-here';
import { iccid, imei, importHere, lines } from '../../../test/support/import-here';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror, PROVIDER, PROVIDER_UID } from '../../../test/support/mirror';

let db: TestDb;
let here: DraftsHere;

beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, lines(40));
  here = draftsHere(db);
});
afterEach(() => db.close());

const list = (...rows: readonly (readonly [string, string])[]): string =>
  ['old iccid,new iccid', ...rows.map((row) => row.join(','))].join('\n');

async function importList(content: string): Promise<number> {
  return (await importHere(db, content)).draftId;
}

async function verdicts(draftId: number): Promise<string[]> {
  const { rows } = await here.drafts.rows(draftId, pageOf());
  return rows.map(({ row, verdict, excluded, findings }) =>
    [row, excluded ? 'left out' : verdict, ...findings.map(({ code }) => code)].join(' '),
  );
}

describe('typing into a cell', () => {
  test('judges the row at once, and keeps its cells as they were typed', async () => {
    const id = await importList(list([iccid(1), '8914'], [iccid(2), iccid(102)]));
    expect(await verdicts(id)).toEqual(['1 error iccid-length', '2 valid']);
    const moved = await here.drafts.editRow(id, 1, { newIccid: ` ${iccid(101)} ` });
    expect(moved).toMatchObject({ moved: 1, done: 'new ICCID of line 2 changed' });
    expect(moved.draft).toMatchObject({ valid: 2, error: 0, undo: 'new ICCID of line 2 changed', redo: null });
    expect(moved.rows[0]).toMatchObject({
      row: 1,
      verdict: 'valid',
      new: { iccid: iccid(101) },
      edited: ['newIccid'],
      cells: { newIccid: ` ${iccid(101)} ` },
    });
    expect(moved.draft.findings).toEqual({});
  });

  test('frees the rows that shared something with it, and says which', async () => {
    const id = await importList(list([iccid(1), iccid(101)], [iccid(2), iccid(101)], [iccid(3), iccid(103)]));
    expect(await verdicts(id)).toEqual(['1 error duplicate-new', '2 error duplicate-new', '3 valid']);
    const moved = await here.drafts.editRow(id, 2, { newIccid: iccid(102) });
    expect(moved.rows.map(({ row, verdict }) => [row, verdict])).toEqual([
      [1, 'valid'],
      [2, 'valid'],
    ]);
    const again = await here.drafts.editRow(id, 3, { newIccid: iccid(102), oldIccid: iccid(1) });
    expect(again.rows.map(({ row }) => row)).toEqual([1, 2, 3]);
    expect(await verdicts(id)).toEqual([
      '1 error duplicate-old',
      '2 error duplicate-new',
      '3 error duplicate-old duplicate-new',
    ]);
  });

  test('changes nothing when nothing is different', async () => {
    const id = await importList(list([iccid(1), iccid(101)]));
    expect(await here.drafts.editRow(id, 1, { newIccid: iccid(101) })).toMatchObject({
      moved: 0,
      draft: { undo: null },
    });
  });

  test('names the row that is not there', async () => {
    const id = await importList(list([iccid(1), iccid(101)]));
    await expect(here.drafts.editRow(id, 7, { note: 'x' })).rejects.toMatchObject({ code: 'draft-row-unknown' });
  });

  test('takes an empty cell for empty, also where the line’s own value was shown', async () => {
    const id = await importList(`iccid,mdn,new iccid\n${iccid(1)},,${iccid(101)}`);
    expect((await here.drafts.rows(id, pageOf())).rows[0]).toMatchObject({ mdn: '5125550001', cells: { mdn: '' } });
    const { rows } = await here.drafts.editRow(id, 1, { oldIccid: '', mdn: '5125550002' });
    expect(rows[0]).toMatchObject({ deviceId: 2, old: { iccid: iccid(2) }, cells: { oldIccid: '' } });
  });
});

describe('leaving rows out', () => {
  test('takes them out of every count and every comparison, and back', async () => {
    const id = await importList(list([iccid(1), iccid(101)], [iccid(2), iccid(101)]));
    const out = await here.drafts.exclude(id, { rows: [2] });
    expect(out.draft).toMatchObject({ rows: 1, valid: 1, error: 0, excluded: 1, findings: {} });
    expect(await verdicts(id)).toEqual(['1 valid', '2 left out']);
    const draft = await here.drafts.get(String(id));
    const choice = { onlyValid: true, acceptWarnings: true };
    const { rows } = await db.write((trx) => here.drafts.takeRows(trx, draft, PROVIDER, choice));
    expect(rows.map(({ row }) => row)).toEqual([1]);
    const back = await here.drafts.include(id, { filter: pageOf({ filter: { excluded: 'only' } }).filter });
    expect(back.draft).toMatchObject({ rows: 2, error: 2, excluded: 0, findings: { 'duplicate-new': 2 } });
  });
});

describe('undo and redo', () => {
  test('go through every act in turn, after a restart too', async () => {
    const id = await importList(list([iccid(1), '8914'], [iccid(2), iccid(102)]));
    const begin = await verdicts(id);
    await here.drafts.editRow(id, 1, { newIccid: iccid(102) });
    await here.drafts.exclude(id, { rows: [2] });
    const end = await verdicts(id);
    here = draftsHere(db);
    expect((await here.drafts.undo(id)).done).toBe('1 row left out');
    expect((await here.drafts.undo(id)).draft).toMatchObject({ undo: null, redo: 'new ICCID of line 2 changed' });
    expect(await verdicts(id)).toEqual(begin);
    await expect(here.drafts.undo(id)).rejects.toMatchObject({ code: 'nothing-to-undo' });
    await here.drafts.redo(id);
    await here.drafts.redo(id);
    expect(await verdicts(id)).toEqual(end);
    await expect(here.drafts.redo(id)).rejects.toMatchObject({ code: 'nothing-to-redo' });
  });

  test('what was undone is gone when something else is done', async () => {
    const id = await importList(list([iccid(1), iccid(101)]));
    await here.drafts.editRow(id, 1, { note: 'a' });
    await here.drafts.undo(id);
    await here.drafts.editRow(id, 1, { note: 'b' });
    await expect(here.drafts.redo(id)).rejects.toMatchObject({ code: 'nothing-to-redo' });
  });

  test('end when rows were submitted: nothing is put back that may be on its way', async () => {
    const id = await importList(list([iccid(1), iccid(101)], [iccid(2), '8914']));
    await here.drafts.editRow(id, 1, { note: 'a' });
    await db.write((trx) => here.drafts.removeRows(trx, id, [1]));
    await expect(here.drafts.undo(id)).rejects.toMatchObject({ code: 'nothing-to-undo' });
  });
});

describe('an override', () => {
  const odd = '1234567890123456789';

  test('lets a warning pass with a reason, which the trail keeps', async () => {
    const id = await importList(list([iccid(1), odd]));
    expect(await verdicts(id)).toEqual([expect.stringContaining('1 warning')]);
    const codes = (await here.drafts.get(String(id))).findings;
    for (const code of Object.keys(codes)) {
      if (code.startsWith('iccid-') && code !== 'iccid-ambiguous') {
        await here.drafts.override(id, { rows: [1] }, code, 'read from the card');
      }
    }
    const draft = await here.drafts.get(String(id));
    expect(draft).toMatchObject({ valid: 1, warning: 0 });
    expect(here.audited.at(-1)).toMatchObject({
      action: 'draft.overridden',
      actor: 'olivia',
      provider: PROVIDER_UID,
      details: { reason: 'read from the card', rowCount: 1, rows: [1] },
    });
  });

  test('says nothing of the next number in the cell', async () => {
    const id = await importList(list([iccid(1), odd]));
    await here.drafts.override(id, { rows: [1] }, 'iccid-prefix', 'read from the card');
    const { rows } = await here.drafts.editRow(id, 1, { newIccid: '1234567890123456788' });
    expect(rows[0]).toMatchObject({ verdict: 'warning', overrides: [] });
  });

  test('is refused to those who may not send, and for what is certainly wrong', async () => {
    const id = await importList(list([iccid(1), odd], [iccid(2), '8914']));
    const refused = { kind: 'not-permitted', code: 'override-refused' };
    await expect(here.drafts.override(id, { rows: [2] }, 'iccid-length', 'because')).rejects.toMatchObject(refused);
    here.become({ role: 'preparer' });
    await expect(here.drafts.override(id, { rows: [1] }, 'iccid-prefix', 'because')).rejects.toMatchObject(refused);
  });
});

describe('mending one finding in all rows', () => {
  test('tells the numbers first, does it, and can be taken back', async () => {
    const id = await importList(list([iccid(1), iccid(1)], [iccid(2), iccid(102)], [iccid(3), iccid(3)]));
    const preview = await here.drafts.fixAll(id, 'nothing-to-do', true);
    expect(preview).toMatchObject({ fixable: 2, left: 0, before: { valid: 1, error: 2, withFinding: 2 }, after: null });
    const done = await here.drafts.fixAll(id, 'nothing-to-do', false);
    expect(done.after).toEqual({ valid: 1, warning: 0, error: 0, withFinding: 0 });
    expect((await here.drafts.undo(id)).draft).toMatchObject({ error: 2, excluded: 0 });
  });

  test('puts identifiers in each other’s column only when both are sound there', async () => {
    const id = await importList(
      `iccid,new iccid,new imei\n${iccid(1)},${imei(501)},${iccid(101)}\n${iccid(2)},${imei(502)},8914`,
    );
    const done = await here.drafts.fixAll(id, 'wrong-kind', false);
    expect(done).toMatchObject({ fixable: 1, left: 1 });
    expect(await verdicts(id)).toEqual(['1 valid', expect.stringContaining('2 error')]);
  });

  test('is not offered where a person must judge', async () => {
    const id = await importList(list([iccid(1), '8914']));
    await expect(here.drafts.fixAll(id, 'iccid-length', false)).rejects.toMatchObject({ code: 'fix-unknown' });
  });
});

describe('checking again', () => {
  test('looks at nothing while nothing has moved, and lists what has', async () => {
    const id = await importList(list([iccid(1), iccid(101)], [iccid(2), iccid(102)]));
    expect(await here.drafts.recheck(id)).toMatchObject({ checked: 0, moved: 0 });
    await db.write(async (trx) => {
      await trx.raw(`update device set status = 'suspended' where id = 2`);
      await trx.raw(`update sync_state set mirror_at = mirror_at + 1000`);
    });
    const recheck = await here.drafts.recheck(id);
    expect(recheck).toMatchObject({
      checked: 2,
      moved: 1,
      verdictsMoved: 1,
      differences: [
        {
          row: 2,
          line: 3,
          before: { verdict: 'valid', codes: [] },
          after: { verdict: 'error', codes: ['line-not-active'] },
        },
      ],
      draft: { valid: 1, error: 1 },
    });
    expect(await here.drafts.recheck(id)).toMatchObject({ checked: 0 });
  });
});

describe('the scope of a user', () => {
  test('hides drafts of other providers from every call', async () => {
    const id = await importList(list([iccid(1), iccid(101)]));
    here.become({ providerUids: ['somebody-else'] });
    expect(await here.drafts.list()).toEqual([]);
    const unknown = { code: 'draft-unknown' };
    await expect(here.drafts.get(String(id))).rejects.toMatchObject(unknown);
    await expect(here.drafts.editRow(id, 1, { note: 'x' })).rejects.toMatchObject(unknown);
    await expect(here.drafts.rename(id, 'x')).rejects.toMatchObject(unknown);
    await expect(here.drafts.delete(id)).rejects.toMatchObject(unknown);
  });
});
