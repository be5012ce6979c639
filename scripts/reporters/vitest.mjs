import { emptyTally, noReason, writeTally } from './tally.mjs';

/** @typedef {import('vitest/node').Reporter} Reporter */

/**
 * Counts tests, and keeps why one was skipped: `context.skip('why')`.
 * @implements {Reporter}
 */
export default class VitestTally {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly { message?: string }[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tally = emptyTally();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        if (result.state === 'passed') tally.passed += 1;
        else if (result.state === 'failed') tally.failed.push(name);
        else tally.skipped.push({ name, reason: ('note' in result && result.note) || noReason });
      }
      // A file that could not be loaded, or a hook that failed, has no test to show for it.
      for (const error of module.errors()) tally.failed.push(`${module.relativeModuleId}: ${error.message}`);
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors())
          tally.failed.push(`${module.relativeModuleId} > ${suite.fullName}: ${error.message}`);
      }
    }
    for (const error of unhandledErrors) tally.failed.push(`unhandled: ${error.message ?? 'error'}`);
    writeTally(tally);
  }
}
