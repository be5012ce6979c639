import { afterEach, describe, expect, it } from 'vitest';
import { createFastClock } from '../../../test/support/clocks';
import { newIccid, oldIccid, openWorkshop, SESSION, type Workshop } from '../../../test/support/processing';

const LIMITS = {
  firstReadBackMs: 100,
  quietMs: 100,
  mostSends: 2,
  mostReadBacks: 2,
  sendBackoff: { minMs: 5, maxMs: 10 },
  readBackBackoff: { minMs: 20, maxMs: 20 },
};
const ACT = { by: 'olivia', note: 'label read wrong' };
const GOOD = '89148000000842590078';

let shop: Workshop | null = null;
afterEach(async () => {
  await shop?.close();
  shop = null;
});

/** Rows of which the carrier refuses every one with a code that nobody knows. */
async function withDeadLetters(rows: number): Promise<Workshop> {
  const made = await openWorkshop({ rows, clock: createFastClock(4), limits: LIMITS });
  shop = made;
  made.carrier.fate = () => 'unknown-code';
  await made.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
  await run(made);
  return made;
}

const run = (made: Workshop) => made.processor({ tickMs: 20 }).run({ untilIdle: true, timeoutMs: 60_000 });
const letters = async (made: Workshop) => (await made.changes.deadLetters.list({}, { limit: 99, offset: 0 })).letters;
const statuses = async (made: Workshop) =>
  (await made.changes.rows(1, { limit: 99, offset: 0 })).rows.map((row) => row.status);

describe('dead letters', () => {
  it('are shown with their row and everything that happened to them', async () => {
    const made = await withDeadLetters(2);
    const found = await letters(made);
    expect(found).toHaveLength(2);
    expect(found[0]?.row).toMatchObject({ status: 'dead_letter', attempts: 1, error: { code: 'WHO.Knows' } });
    expect(found[0]?.history).toMatchObject([{ fault: { code: 'WHO.Knows' } }]);
    const filtered = await made.changes.deadLetters.list({ code: 'other' }, { limit: 9, offset: 0 });
    expect(filtered.total).toBe(0);
  });

  it('are listed with as many questions to the database for five as for one', async () => {
    const made = await withDeadLetters(5);
    let asked = 0;
    made.local.read.on('query', () => (asked += 1));
    const countOf = async (limit: number): Promise<number> => {
      asked = 0;
      expect((await made.changes.deadLetters.list({}, { limit, offset: 0 })).letters).toHaveLength(limit);
      return asked;
    };
    expect(await countOf(5)).toBe(await countOf(1));
  });

  it('are read back before they are sent again, keep their history, and end', async () => {
    const made = await withDeadLetters(2);
    // The refusal was a lie about the first one.
    made.carrier.lines.set(1, { iccid: newIccid(1) });
    made.carrier.fate = () => 'accepted';
    const sentBefore = made.carrier.calls.length;
    expect(await made.changes.deadLetters.redrive({}, null, ACT)).toEqual({ redriven: 2, refused: [] });
    await run(made);
    expect(await statuses(made)).toEqual(['processed', 'processed']);
    expect(made.carrier.calls.slice(sentBefore).map((call) => call.old)).toEqual([oldIccid(2)]);
    expect(await letters(made)).toEqual([]);
  });

  it('go one after another at the speed that is asked for', async () => {
    const made = await withDeadLetters(3);
    await made.changes.deadLetters.redrive({}, 1, ACT);
    const due = await made.local.read.raw<{ run_at: number }[]>(`select run_at from job order by run_at`);
    const [first, second, third] = due.map((job) => job.run_at);
    expect([(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)]).toEqual([60_000, 60_000]);
  });

  it('only the chosen ones go', async () => {
    const made = await withDeadLetters(3);
    const [one] = await letters(made);
    if (one === undefined) throw new Error('no letter');
    expect((await made.changes.deadLetters.redrive({ jobIds: [one.id] }, null, ACT)).redriven).toBe(1);
    expect((await made.changes.deadLetters.redrive({ changeId: 99 }, null, ACT)).redriven).toBe(0);
    expect(await letters(made)).toHaveLength(2);
  });

  it('may become dead letters again, with both stories', async () => {
    const made = await withDeadLetters(1);
    await made.changes.deadLetters.redrive({}, null, ACT);
    await run(made);
    const [again] = await letters(made);
    expect(again?.history.length).toBeGreaterThan(0);
    expect(await statuses(made)).toEqual(['dead_letter']);
  });

  it('are corrected before they are sent, here and in the central database, and the trail says by whom', async () => {
    const made = await withDeadLetters(1);
    const [letter] = await letters(made);
    if (letter === undefined) throw new Error('no letter');
    await expect(made.changes.deadLetters.edit(letter.id, { iccid: '12' }, ACT)).rejects.toMatchObject({
      code: 'identifier-refused',
    });
    await expect(made.changes.deadLetters.edit(9_999, { iccid: GOOD }, ACT)).rejects.toMatchObject({
      code: 'letter-unknown',
    });
    const edited = await made.changes.deadLetters.edit(letter.id, { iccid: GOOD }, ACT);
    expect(edited.row?.new).toEqual({ iccid: GOOD });
    expect([...made.central.edited.values()]).toEqual([{ iccid: GOOD }]);
    expect(edited.history.at(-1)).toMatchObject({ act: 'edited', by: 'olivia' });
    const { entries } = await made.audit.search({ text: 'row.edited', limit: 1, offset: 0 });
    expect(entries[0]?.details).toMatchObject({ before: { iccid: newIccid(1) }, after: { iccid: GOOD } });
    made.carrier.fate = () => 'accepted';
    await made.changes.deadLetters.redrive({}, null, ACT);
    await run(made);
    expect(await statuses(made)).toEqual(['processed']);
    expect(made.carrier.lines.get(1)?.iccid).toBe(GOOD);
  });

  it('end as errors when they are given up, and a late proof still corrects them', async () => {
    const made = await withDeadLetters(2);
    expect(await made.changes.deadLetters.discard({}, ACT)).toBe(2);
    expect(await statuses(made)).toEqual(['error', 'error']);
    expect(await letters(made)).toEqual([]);
    const proof = { kind: 'changed', proof: 'callback', detail: 'late' } as const;
    await made.local.write((trx) => made.changes.settle(trx, 1, { decision: proof, calls: [] }, null));
    expect(await statuses(made)).toEqual(['confirmed', 'error']);
  });

  it('are redriven from a message that can’t be read: the row itself says what to do', async () => {
    const made = await openWorkshop({ rows: 1, clock: createFastClock(4), limits: LIMITS });
    shop = made;
    await made.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
    await made.changes.enrol();
    await made.local.write((trx) => trx.raw(`update job set message = '{"Bulk'`));
    await run(made);
    expect(await statuses(made)).toEqual(['dead_letter']);
    expect((await letters(made))[0]?.rawMessage).toBe('{"Bulk');
    await made.changes.deadLetters.redrive({}, null, ACT);
    await run(made);
    expect(await statuses(made)).toEqual(['processed']);
  });
});
