// What both test runners report to scripts/test.mjs: one small file a run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** @typedef {{ passed: number, failed: string[], skipped: { name: string, reason: string }[] }} Tally */

export const tallyVariable = 'SWAPDESK_TEST_TALLY';
export const noReason = 'no reason given';

/** @returns {Tally} */
export const emptyTally = () => ({ passed: 0, failed: [], skipped: [] });

/** @param {Tally} tally */
export function writeTally(tally) {
  const file = process.env[tallyVariable];
  if (file === undefined) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(tally, null, 2) + '\n');
}
