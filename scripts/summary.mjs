// What `npm test` says at its end. Pure.

/** @typedef {{ name: string, ok: boolean, seconds: number, tally: import('./reporters/tally.mjs').Tally }} StepResult */

/** A check without tests of its own (format, lint …) counts as one test. @param {string} name @param {boolean} ok */
export function tallyOfCheck(name, ok) {
  return { passed: ok ? 1 : 0, failed: ok ? [] : [name], skipped: [] };
}

/**
 * A runner that failed without naming a test (it crashed, or found none) must not look like success.
 * @param {string} name @param {boolean} ok @param {import('./reporters/tally.mjs').Tally | null} tally
 */
export function tallyOfRun(name, ok, tally) {
  if (tally === null) return { passed: 0, failed: [`${name}: ended without a result`], skipped: [] };
  const isSilent = tally.passed + tally.failed.length + tally.skipped.length === 0;
  if (isSilent) return { ...tally, failed: [`${name}: no test was found`] };
  return ok || tally.failed.length > 0 ? tally : { ...tally, failed: [`${name}: the runner failed`] };
}

/** @param {readonly StepResult[]} steps @returns {{ lines: string[], failed: number }} */
export function summarise(steps) {
  const width = Math.max(...steps.map((step) => step.name.length));
  const rows = steps.map(({ name, ok, seconds, tally }) => {
    const counts = `${tally.passed} passed, ${tally.failed.length} failed, ${tally.skipped.length} skipped`;
    return `  ${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${counts}`;
  });
  const failed = steps.flatMap(({ name, tally }) => tally.failed.map((test) => `  ${name}: ${test}`));
  const skipped = steps.flatMap(({ name, tally }) =>
    tally.skipped.map((test) => `  ${name}: ${test.name} (${test.reason})`),
  );
  const passed = steps.reduce((sum, { tally }) => sum + tally.passed, 0);
  return {
    lines: [
      'Summary (a check without tests of its own counts as one)',
      ...rows,
      ...(failed.length > 0 ? ['Failed:', ...failed] : []),
      ...(skipped.length > 0 ? ['Skipped:', ...skipped] : []),
      `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`,
    ],
    failed: failed.length,
  };
}
