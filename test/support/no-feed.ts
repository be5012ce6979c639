import type { SyncService } from '../../main/services/sync';

/** A desk whose callbacks come to itself alone. */
export const NO_FEED: Pick<SyncService, 'pullCallbacks' | 'onCallbackHint'> = {
  pullCallbacks: async () => 0,
  onCallbackHint: () => async () => undefined,
};
