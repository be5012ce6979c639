import { emptyTally, noReason, writeTally } from './tally.mjs';

/** @typedef {import('@playwright/test/reporter').Reporter} Reporter */

/**
 * Counts tests, and keeps why one was skipped: `test.skip(condition, 'why')`.
 * @implements {Reporter}
 */
export default class PlaywrightTally {
  /** @readonly */
  #tally = emptyTally();
  /** @type {import('@playwright/test/reporter').Suite | undefined} */
  #suite;

  /** @param {import('@playwright/test/reporter').FullConfig} _config @param {import('@playwright/test/reporter').Suite} suite */
  onBegin(_config, suite) {
    this.#suite = suite;
  }

  /** @param {import('@playwright/test/reporter').TestError} error */
  onError(error) {
    this.#tally.failed.push(`outside a test: ${error.message ?? 'error'}`);
  }

  onEnd() {
    for (const test of this.#suite?.allTests() ?? []) {
      const name = test.titlePath().filter(Boolean).join(' > ');
      const outcome = test.outcome();
      if (outcome === 'expected') this.#tally.passed += 1;
      else if (outcome === 'skipped') {
        const notes = [...test.annotations, ...test.results.flatMap((result) => result.annotations)];
        const reason = notes.find((note) => note.type === 'skip' || note.type === 'fixme')?.description;
        this.#tally.skipped.push({ name, reason: reason ?? noReason });
      } else this.#tally.failed.push(name);
    }
    writeTally(this.#tally);
  }
}
