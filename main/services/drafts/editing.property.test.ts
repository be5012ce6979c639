import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftsHere, pageOf } from '../../../test/support/drafts-here';
import { iccid, importHere, lines } from '../../../test/support/import-here';
import { openTestDb } from '../../../test/support/local-db';
import { fillMirror } from '../../../test/support/mirror';
import type { DraftsService } from './types';

const LINES = 8;
/** Own cards, cards of other lines (chains, circles, taken ones), free cards that repeat, and cells that can't be read. */
const cellArb = fc.oneof(
  fc.integer({ min: 1, max: LINES + 4 }).map(iccid),
  fc.constantFrom('8914', '', '1234567890123456789', iccid(3).slice(0, 18)),
);
const rowArb = fc.tuple(cellArb, cellArb);
const stepArb = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('edit' as const), row: fc.nat(), old: fc.boolean(), value: cellArb }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('exclude' as const), row: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('include' as const), row: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add' as const), cells: rowArb }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('redo' as const) }) },
);

type Step = typeof stepArb extends fc.Arbitrary<infer T> ? T : never;

const csv = (rows: readonly (readonly [string, string])[]): string =>
  // The last column keeps a row that is otherwise empty from counting as a blank line.
  ['old iccid,new iccid,note', ...rows.map((row) => `${row.join(',')},n`)].join('\n');

async function doStep(drafts: DraftsService, id: number, step: Step, rows: number): Promise<void> {
  switch (step.kind) {
    case 'edit':
      await drafts.editRow(id, 1 + (step.row % rows), { [step.old ? 'oldIccid' : 'newIccid']: step.value });
      return;
    case 'exclude':
    case 'include':
      await drafts[step.kind](id, { rows: [1 + (step.row % rows)] });
      return;
    case 'add': {
      const [oldIccid, newIccid] = step.cells;
      await drafts.addRows({ draftId: id }, [{ oldIccid, newIccid, note: 'n' }]);
      return;
    }
    case 'undo':
    case 'redo':
      await drafts[step.kind](id).catch((error: unknown) => {
        expect(error).toMatchObject({ code: `nothing-to-${step.kind}` });
      });
      return;
    default:
      step satisfies never;
  }
}

/** What a person sees of the rows that are in the list; where it stood in its file is another matter. */
async function seen(drafts: DraftsService, id: number) {
  const { rows } = await drafts.rows(id, pageOf({ filter: { excluded: 'no' } }));
  return rows.map(({ verdict, deviceId, old, new: next, mdn, findings }) => ({
    ...{ verdict, deviceId, old, next, mdn },
    codes: findings.map(({ code, field }) => `${code} ${field ?? ''}`).sort(),
  }));
}

test('a draft after any acts is what an import of the resulting list would be', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rowArb, { minLength: 2, maxLength: 6 }),
      fc.array(stepArb, { maxLength: 8 }),
      async (rows, steps) => {
        const db = await openTestDb();
        try {
          await fillMirror(db, lines(LINES));
          const { drafts } = draftsHere(db);
          const { draftId } = await importHere(db, csv(rows));
          for (const step of steps) await doStep(drafts, draftId, step, rows.length);

          const { rows: kept } = await drafts.rows(draftId, pageOf({ filter: { excluded: 'no' } }));
          const after = kept.map((row): [string, string] => [
            row.cells.oldIccid ?? row.old.iccid ?? '',
            row.cells.newIccid ?? row.new.iccid ?? '',
          ]);
          const draft = await drafts.get(String(draftId));
          expect(draft.rows).toBe(kept.length);
          if (after.length === 0) return;
          const fresh = await importHere(db, csv(after));
          expect(await seen(drafts, draftId)).toEqual(await seen(drafts, fresh.draftId));
          const { valid, warning, error, findings } = draft;
          expect({ valid, warning, error, findings }).toEqual({
            ...{ valid: fresh.valid, warning: fresh.warning, error: fresh.error },
            findings: { ...fresh.findings },
          });
        } finally {
          await db.close();
        }
      },
    ),
    { numRuns: 40 },
  );
});
