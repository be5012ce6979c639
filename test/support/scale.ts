/** `npm run test:full` runs the reliability suites at the size of their goals; `npm test` at about a tenth. */
const isFullSuite = process.env['SWAPDESK_TEST_FULL'] === '1';

export function scaled(full: number, part = Math.ceil(full / 10)): number {
  return isFullSuite ? full : part;
}
