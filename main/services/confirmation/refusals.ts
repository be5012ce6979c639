import type { Clock } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import type { LocalDb } from '../../localdb/types';
import type { AuditService } from '../audit/types';

/**
 * Notes refused callbacks in the trail. Refusals are cheap for whoever sends them, so one entry a second counts all that
 * came from one address for one reason: a flood fills neither the disk nor the writer's time.
 */
export interface Refusals {
  note(refusal: Refusal): void;
  flush(): Promise<void>;
}

export interface Refusal {
  readonly providerUid: string;
  readonly reason: 'credentials' | 'unreadable';
  readonly from: string;
}

const FLUSH_MS = 1_000;
/** Addresses in one second; more are counted together. */
const MAX_KINDS = 50;

export function createRefusals(deps: {
  readonly local: Pick<LocalDb, 'write'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
  readonly log: Log;
}): Refusals {
  const counts = new Map<string, Refusal & { count: number }>();
  let stopTimer: (() => void) | null = null;
  let writing: Promise<void> = Promise.resolve();

  function flush(): Promise<void> {
    stopTimer?.();
    stopTimer = null;
    const noted = [...counts.values()];
    counts.clear();
    if (noted.length === 0) return writing;
    writing = writing
      .then(() => write(noted))
      .catch((error: unknown) => {
        deps.log.error('refused callbacks could not be noted', { reason: String(error) });
      });
    return writing;
  }

  async function write(noted: readonly (Refusal & { count: number })[]): Promise<void> {
    await deps.local.write((trx) =>
      deps.audit.record(
        trx,
        noted.map(({ providerUid, reason, from, count }) => ({
          stream: 'error',
          actor: 'system',
          action: 'callback.refused',
          provider: providerUid,
          details: { reason, from, count },
        })),
      ),
    );
  }

  return {
    note(refusal) {
      const own = `${refusal.providerUid} ${refusal.reason} ${refusal.from}`;
      const isNew = !counts.has(own);
      const from = isNew && counts.size >= MAX_KINDS ? 'several addresses' : refusal.from;
      const key = `${refusal.providerUid} ${refusal.reason} ${from}`;
      const entry = counts.get(key) ?? { ...refusal, from, count: 0 };
      entry.count += 1;
      counts.set(key, entry);
      stopTimer ??= deps.clock.after(FLUSH_MS, () => void flush());
    },
    flush,
  };
}
