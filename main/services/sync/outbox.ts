import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import { insertOutbox } from './outbox.repo';
import type { Outbox } from './types';

/** Records wait in the local database, in the caller's transaction, until the next sync stores them centrally. */
export function createOutbox({ clock, ids }: { readonly clock: Clock; readonly ids: Ids }): Outbox {
  return {
    async add(trx, records) {
      if (records.length === 0) return;
      const addedAt = clock.now();
      await insertOutbox(
        trx,
        records.map((record) => ({ ...record, uid: ids.uid(), addedAt })),
      );
    },
  };
}
