import { AsyncLocalStorage } from 'node:async_hooks';
import type { LocalDb, Trx } from '../../localdb/types';

const LARGEST_GROUP = 100;

interface Waiting {
  readonly run: (trx: Trx) => Promise<unknown>;
  readonly settle: (outcome: { readonly value: unknown } | { readonly error: unknown }) => void;
}

/**
 * Group commit: writes that are asked for while another one commits go into the next transaction together. Each
 * resolves after the commit, so what it wrote is as durable as if it had been alone; ten intents cost one fsync.
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
    for (let group = queue.splice(0, LARGEST_GROUP); group.length > 0; group = queue.splice(0, LARGEST_GROUP)) {
      await runGroup(local, group);
    }
    running = false;
  };

  return {
    file: local.file,
    read: local.read,
    write<T>(fn: (trx: Trx) => Promise<T>): Promise<T> {
      // It would wait for the group that it is part of.
      if (insideWrite.getStore() === true) {
        return Promise.reject(new Error('write() inside write(): pass the open transaction on instead'));
      }
      return new Promise<T>((resolve, reject) => {
        queue.push({
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

async function runGroup(local: LocalDb, group: readonly Waiting[]): Promise<void> {
  try {
    const values = await local.write(async (trx) => {
      const results: unknown[] = [];
      for (const waiting of group) results.push(await waiting.run(trx));
      return results;
    });
    group.forEach((waiting, index) => waiting.settle({ value: values[index] }));
  } catch (error) {
    const only = group.length === 1 ? group[0] : undefined;
    if (only !== undefined) return only.settle({ error });
    for (const waiting of group) await runGroup(local, [waiting]);
  }
}
