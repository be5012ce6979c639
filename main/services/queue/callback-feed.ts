import type { ConfirmationService } from '../confirmation/types';
import type { SyncService } from '../sync/types';
import type { Gate } from './gate';
import { isLoopback } from './receivers';

/**
 * Callbacks that a receiver on a server has stored: taken over from the central log when it gives a hint, and now and
 * then without one. Only for providers whose callbacks come to such a receiver.
 */
export interface CallbackFeed {
  /** Takes over what is there, if it is time. @throws as the central database does */
  tend(now: number): Promise<void>;
  close(): Promise<void>;
}

export interface FeedDeps {
  readonly sync: Pick<SyncService, 'pullCallbacks' | 'onCallbackHint'>;
  readonly confirmation: Pick<ConfirmationService, 'takeIn'>;
  readonly gate: Gate;
}

/** A hint may be lost. */
const WITHOUT_HINT_MS = 5_000;

export function createCallbackFeed({ sync, confirmation, gate }: FeedDeps): CallbackFeed {
  let dueAt = 0;
  let stopHints: (() => Promise<void>) | null = null;

  return {
    async tend(now) {
      const served = new Map(
        gate
          .desks()
          .filter(({ provider }) => provider.callbackUrl !== null && !isLoopback(provider.callbackUrl))
          .map(({ provider }) => [provider.uid, provider]),
      );
      if (served.size === 0 || now < dueAt) return;
      stopHints ??= sync.onCallbackHint(() => {
        dueAt = 0;
      });
      dueAt = now + WITHOUT_HINT_MS;
      await sync.pullCallbacks((page) =>
        confirmation.takeIn(
          page.flatMap(({ providerUid, ...callback }) => {
            const provider = served.get(providerUid);
            return provider === undefined ? [] : [{ ...callback, provider }];
          }),
        ),
      );
    },
    async close() {
      await stopHints?.();
      stopHints = null;
    },
  };
}
