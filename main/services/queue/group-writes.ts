import { AsyncLocalStorage } from 'node:async_hooks';
import { everyone } from '../../lib/together';
import type { LocalDb, Trx, WriteOptions } from '../../localdb/types';

const LARGEST_GROUP = 100;

interface Waiting {
  /** Undefined: it runs alone among the others of its transaction. */
  readonly row: number | undefined;
  readonly run: (trx: Trx) => Promise<unknown>;
  readonly settle: (outcome: { readonly value: unknown } | { readonly error: unknown }) => void;
}

/**
 * Group commit: writes that are asked for while another one commits go into the next transaction together. Each
 * resolves after the commit, so what it wrote is as durable as if it had been alone; ten intents cost one fsync.
 *
 * Within the transaction, writes about different rows (`WriteOptions.row`) run side by side, so that their statements can be
 * put together; all others, and two about the same row, run one after the other, in the order in which they came.
 *
 * When one of a group throws, everything is rolled back and each is run again alone: SQLite may end a transaction by
 * itself (disk full), after which a savepoint would be worth nothing. So a write passed here may be run twice; it must
 * change nothing but the database.
 */
export function groupWrites(local: LocalDb): LocalDb {
  const queue: Waiting[] = [];
  const insideWrite = new AsyncLocalStorage<true>();
  let running = false;

  const drain = async (): Promise<void> => {
    running = true;
    while (queue.length > 0) {
      // Whoever is to write in this turn of the event loop comes along.
      await turnEnds();
      await runGroup(local, queue.splice(0, LARGEST_GROUP));
    }
    running = false;
  };

  return {
    file: local.file,
    read: local.read,
    write<T>(fn: (trx: Trx) => Promise<T>, options: WriteOptions = {}): Promise<T> {
      // It would wait for the group that it is part of.
      if (insideWrite.getStore() === true) {
        return Promise.reject(new Error('write() inside write(): pass the open transaction on instead'));
      }
      return new Promise<T>((resolve, reject) => {
        queue.push({
          row: options.row,
          run: (trx) => insideWrite.run(true, () => fn(trx)),
          settle: (outcome) => {
            if ('error' in outcome) {
              reject(outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error)));
            } else {
              // The value is the one that `fn` of this very entry resolved with.
              resolve(outcome.value as T);
            }
          },
        });
        if (!running) void drain();
      });
    },
    close: () => local.close(),
  };
}

function turnEnds(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function runGroup(local: LocalDb, group: readonly Waiting[]): Promise<void> {
  try {
    const values = await local.write(async (trx) => {
      const results: unknown[] = [];
      for (const part of sideBySide(group)) results.push(...(await everyone(part.map((waiting) => waiting.run(trx)))));
      return results;
    });
    group.forEach((waiting, index) => waiting.settle({ value: values[index] }));
  } catch (error) {
    const only = group.length === 1 ? group[0] : undefined;
    if (only !== undefined) return only.settle({ error });
    for (const waiting of group) await runGroup(local, [waiting]);
  }
}

function sideBySide(group: readonly Waiting[]): readonly (readonly Waiting[])[] {
  const parts: Waiting[][] = [];
  let rows = new Set<number>();
  for (const waiting of group) {
    const last = parts.at(-1);
    if (last !== undefined && waiting.row !== undefined && rows.size > 0 && !rows.has(waiting.row)) {
      last.push(waiting);
      rows.add(waiting.row);
      continue;
    }
    parts.push([waiting]);
    rows = new Set(waiting.row === undefined ? [] : [waiting.row]);
  }
  return parts;
}
