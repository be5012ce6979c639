import { setImmediate } from 'node:timers/promises';

/** Rows of an import: about a millisecond of work together. */
const SLICE = 250;

/**
 * `map` with a pause after every few items: whoever waits for this thread, such as the database for the next statement of
 * a transaction, gets a turn.
 */
export async function mapInSlices<T, R>(items: readonly T[], each: (item: T, index: number) => R): Promise<R[]> {
  const results: R[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % SLICE === 0) await setImmediate();
    results.push(each(item, index));
  }
  return results;
}
