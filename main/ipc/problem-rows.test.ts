import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { draftsHere } from '../../test/support/drafts-here';
import { iccid, importHere, lines } from '../../test/support/import-here';
import { openTestDb, type TestDb } from '../../test/support/local-db';
import { fillMirror } from '../../test/support/mirror';
import type { Desk, SignedInDesk } from './desk';
import type { Caller } from './handlers';
import { problemRowsHandlers } from './problem-rows';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, lines(5));
});
afterEach(() => db.close());

/** A desk whose person chooses this place, or leaves the dialog. */
function exporting(place: string | null) {
  const suggested: string[] = [];
  const desk = {
    files: {
      choosePlace: async (name: string) => {
        suggested.push(name);
        return place;
      },
      saved: (path: string) => `saved ${path}`,
    },
  } as unknown as Desk;
  const { drafts, problemRows } = draftsHere(db);
  const signedIn = { drafts, problemRows } as unknown as SignedInDesk;
  const caller: Caller = { signedIn, correlationId: 'c1' };
  const ask = problemRowsHandlers(desk)['drafts.exportProblems'];
  return {
    suggested,
    ask: (draftId: number) => ask({ draftId, verdicts: ['error'], format: 'csv' }, caller),
  };
}

test('the list of problem rows is saved where the person wants it, and can be shown', async () => {
  const { draftId } = await importHere(db, `old iccid,new iccid\n${iccid(1)},8914\n${iccid(2)},${iccid(102)}\n`);
  const place = join(db.dir, 'problems.csv');
  const { ask, suggested } = exporting(place);
  const answer = await ask(draftId);
  expect(suggested).toEqual([`swapdesk-draft-${draftId}-problems.csv`]);
  expect(answer).toEqual({
    ...{ savedId: `saved ${place}`, place, rows: 1 },
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect(await readFile(place, 'utf8')).toContain('iccid-length');
});

test('nothing is written when the person leaves the dialog', async () => {
  const { draftId } = await importHere(db, `old iccid,new iccid\n${iccid(1)},8914\n`);
  expect(await exporting(null).ask(draftId)).toBeNull();
});
