import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildWorker, type BuiltWorker } from '../../../test/support/built-worker';
import { draftsHere, pageOf, type DraftsHere } from '../../../test/support/drafts-here';
import { iccid, importHere, lines } from '../../../test/support/import-here';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror, PROVIDER } from '../../../test/support/mirror';
import { systemClock } from '../../lib/clock';
import { createRowJudge } from '../imports';
import { createDraftJobs } from './draft-jobs';
import { createDraftWork, type DraftWorkers } from './draft-work';
import { PART_ROWS } from './judge-part';

/** Lists with more rows than one transaction takes: every third row wants what its line has already. */
const ROWS = PART_ROWS + 400;
const DONE = Math.floor(ROWS / 3);

let db: TestDb;
let here: DraftsHere;
let id: number;

beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, lines(ROWS));
  here = draftsHere(db);
  const rows = Array.from({ length: ROWS }, (_, index) => {
    const line = index + 1;
    return `${iccid(line)},${iccid(line % 3 === 0 ? line : line + 10_000)},${line % 3 === 1 ? 'depot' : ''}`;
  });
  id = (await importHere(db, ['old iccid,new iccid,note', ...rows].join('\n'))).draftId;
});
afterEach(() => db.close());

const counts = async () => {
  const { valid, warning, error, excluded, findings, undo, redo } = await here.drafts.get(String(id));
  return { valid, warning, error, excluded, findings, undo, redo };
};
const everything = { filter: pageOf({ filter: { excluded: 'any' } }).filter };
const BEGIN = {
  ...{ valid: ROWS - DONE, warning: 0, error: DONE, excluded: 0, findings: { 'nothing-to-do': DONE } },
  ...{ undo: null, redo: null },
};
const words = `${ROWS.toLocaleString('en')} rows left out`;

/** A row in a thousand stands for all: what is compared is the same for each. */
const sample = async () => (await here.drafts.rowsOf(id, [1, 2, 3, 1_001, 2_001, ROWS])).map((row) => ({ ...row }));
const entries = async (): Promise<number> =>
  (await db.read.raw<{ count: number }[]>('select count(*) as count from draft_edit_row'))[0]?.count ?? 0;

describe('an act on more rows than one transaction takes', () => {
  test('is done, taken back and done again like any other', async () => {
    const before = await sample();
    const out = await here.drafts.exclude(id, everything);
    expect(out).toMatchObject({ moved: ROWS, done: words, draft: { rows: 0, excluded: ROWS, findings: {} } });
    expect(out.rows).toHaveLength(200);
    expect((await here.drafts.undo(id)).draft).toMatchObject({ error: DONE, excluded: 0 });
    expect(await counts()).toEqual({ ...BEGIN, redo: words });
    expect(await sample()).toEqual(before);
    expect((await here.drafts.redo(id)).draft).toMatchObject({ excluded: ROWS });
    await here.drafts.undo(id);
    await here.drafts.editRow(id, 1, { note: 'x' });
    expect(await entries()).toBe(1);
    await expect(here.drafts.redo(id)).rejects.toMatchObject({ code: 'nothing-to-redo' });
  });

  test('takes responsibility for a finding in all rows, with one entry in the trail', async () => {
    await db.write((trx) => trx.raw(`update device set status = 'suspended'`));
    await db.write((trx) => trx.raw(`update sync_state set mirror_at = mirror_at - 86400000 * 3`));
    expect(await here.drafts.recheck(id)).toMatchObject({ checked: ROWS, moved: ROWS });
    const { draft } = await here.drafts.override(id, everything, 'mirror-stale', 'the lines were read out today');
    expect(draft.undo).toBe(`mirror-stale accepted in ${ROWS.toLocaleString('en')} rows`);
    expect(here.audited).toEqual([
      expect.objectContaining({
        action: 'draft.overridden',
        details: expect.objectContaining({
          rowCount: ROWS,
          rows: expect.objectContaining({ length: 1_000 }) as unknown,
        }),
      }),
    ]);
  });

  test('changes nothing when there is nothing to change', async () => {
    expect(await here.drafts.include(id, everything)).toMatchObject({ moved: 0, done: 'nothing to change' });
    expect(await counts()).toEqual(BEGIN);
  });

  test('waits for the one before it on the same draft', async () => {
    const [out, mended] = await Promise.all([
      here.drafts.exclude(id, { filter: pageOf({ filter: { text: 'depot', excluded: 'no' } }).filter }),
      here.drafts.fixAll(id, 'nothing-to-do', false),
    ]);
    expect(out.draft.excluded).toBeGreaterThan(0);
    expect(mended).toMatchObject({ fixable: DONE, left: 0, after: { error: 0, withFinding: 0 } });
    expect(await counts()).toMatchObject({ excluded: out.draft.excluded + DONE });
  });
});

/** Drafts of a program whose work is broken off at its second chunk, as when it is closed or dies. */
function brokenOff(): DraftsHere {
  const stop = new AbortController();
  let chunks = 0;
  const local = {
    ...db,
    write: async (fn: Parameters<TestDb['write']>[0]) => {
      const result = await db.write(fn);
      chunks += 1;
      if (chunks === 2) stop.abort(new Error('closed'));
      return result;
    },
  } as TestDb;
  const judge = createRowJudge({ read: db.read, clock: systemClock });
  const { signal } = stop;
  const work = createDraftJobs({ local, judge, clock: systemClock, signal });
  return draftsHere(db, undefined, () => work);
}

describe('an act that is broken off', () => {
  test('keeps the draft from being sent, and is taken back by the next look at it', async () => {
    const before = await sample();
    await expect(brokenOff().drafts.exclude(id, everything)).rejects.toThrow('closed');
    const draft = await here.drafts.get(String(id));
    const choice = { onlyValid: true, acceptWarnings: true };
    await expect(here.drafts.plan(draft, PROVIDER, choice, 0)).rejects.toMatchObject({ code: 'draft-not-judged' });
    await expect(here.drafts.copy(id, 'copy')).rejects.toMatchObject({ code: 'draft-not-judged' });
    await here.drafts.recheck(id);
    expect(await counts()).toEqual(BEGIN);
    expect(await sample()).toEqual(before);
    expect(await entries()).toBe(0);
    expect((await here.drafts.plan(draft, PROVIDER, choice, 0)).rows).toBe(ROWS - DONE);
  });

  test('is still done when it was being taken back', async () => {
    await here.drafts.exclude(id, everything);
    const after = await sample();
    await expect(brokenOff().drafts.undo(id)).rejects.toThrow('closed');
    await here.drafts.recheck(id);
    expect(await counts()).toMatchObject({ excluded: ROWS, undo: words, redo: null });
    expect(await sample()).toEqual(after);
    expect((await here.drafts.undo(id)).draft).toMatchObject({ excluded: 0, error: DONE });
  });

  test('of another process that lives is waited for, not taken over', async () => {
    const doing = { token: 't', pid: process.ppid, way: 'judge', seq: 1 };
    await db.write((trx) =>
      trx.raw('update draft set doing = ?, touched_at = ?', [JSON.stringify(doing), systemClock.now()]),
    );
    for (const act of [here.drafts.exclude(id, everything), here.drafts.editRow(id, 1, { note: 'x' })]) {
      await expect(act).rejects.toMatchObject({ code: 'draft-busy' });
    }
    await expect(here.drafts.delete(id)).rejects.toMatchObject({ code: 'draft-busy' });
    await db.write((trx) => trx.raw('update draft set touched_at = 1'));
    expect((await here.drafts.editRow(id, 1, { note: 'x' })).draft.undo).toBe('note of line 2 changed');
  });
});

describe('in a thread of its own', () => {
  let worker: BuiltWorker;
  let workers: DraftWorkers;
  beforeAll(async () => {
    worker = await buildWorker('draft-worker');
  });
  afterAll(() => worker.remove());
  beforeEach(() => {
    const judge = createRowJudge({ read: db.read, clock: systemClock });
    workers = createDraftWork({ local: db, judge, clock: systemClock, workerUrl: worker.url });
    here = draftsHere(db, undefined, workers.workFor);
  });
  afterEach(() => workers.close());

  test('acts, dry run and export answer as they do here', async () => {
    const draft = await here.drafts.get(String(id));
    const choice = { onlyValid: true, acceptWarnings: false };
    const planned = await here.drafts.plan(draft, PROVIDER, choice, 3);
    expect(planned.requests).toHaveLength(3);
    expect(planned).toEqual(await draftsHere(db).drafts.plan(draft, PROVIDER, choice, 3));
    await here.drafts.exclude(id, everything);
    await here.drafts.undo(id);
    expect(await counts()).toEqual({ ...BEGIN, redo: words });
    const file = `${db.dir}/rows.csv`;
    expect(await here.problemRows.write(draft, ['valid', 'error'], 'csv', file)).toMatchObject({ file, rows: ROWS });
    const nowhere = here.problemRows.write(draft, ['valid', 'error'], 'csv', `${db.dir}/no/rows.csv`);
    await expect(nowhere).rejects.toMatchObject({ kind: 'failed', code: 'list-not-written' });
  });

  test('it is broken off when the program closes, and nothing of it stays', async () => {
    const out = here.drafts.exclude(id, everything);
    await Promise.all([expect(out).rejects.toThrow(), workers.close()]);
    here = draftsHere(db);
    await here.drafts.recheck(id);
    expect(await counts()).toEqual(BEGIN);
  });
});
