import type { Trx } from './types';

/**
 * Work that a transaction does last, once for all who asked for it: fifty rows that each add to the audit trail move the
 * chain's head once. It belongs to the transaction like everything before it: if it fails, nothing was done.
 */
type LastWork = (trx: Trx) => Promise<void>;

const lastWorks = new WeakMap<Trx, LastWork[]>();

/** Runs `fn` as the body of `trx`, and behind it what was put off meanwhile. */
export async function withLastWork<T>(trx: Trx, fn: (trx: Trx) => Promise<T>): Promise<T> {
  const works: LastWork[] = [];
  lastWorks.set(trx, works);
  const value = await fn(trx);
  lastWorks.delete(trx);
  for (const work of works) await work(trx);
  return value;
}

/** @returns false: the transaction does its last work already, or was not opened by `LocalDb.write`: act at once */
export function beforeCommit(trx: Trx, work: LastWork): boolean {
  const works = lastWorks.get(trx);
  works?.push(work);
  return works !== undefined;
}
