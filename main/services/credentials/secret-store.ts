import { systemClock, type Clock } from '../../lib/clock';
import { silentLog, type Log } from '../../lib/logger';
import { openKeychain, probeInChild } from './keychain';
import type { SecretStore } from './types';

const NO_KEYCHAIN =
  'No keychain answers on this computer, so passwords are kept only until Swapdesk ends. To keep them: unlock the ' +
  'keychain, or on Linux install and start gnome-keyring (or KWallet with its Secret Service) in a desktop session.';
const BY_CHOICE = 'Passwords are kept only until Swapdesk ends, as it was started with SWAPDESK_CREDENTIALS=memory.';

export interface SecretStoreOptions {
  /** `memory`: never touch the keychain. */
  readonly mode: 'auto' | 'memory';
  /** Whether the keychain can be used; must answer also when it hangs. By default asked in a child process. */
  readonly probe?: () => Promise<boolean>;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** The keychain when there is one that answers, else the memory of this process. Never a file. */
export async function createSecretStore(options: SecretStoreOptions): Promise<SecretStore> {
  const { clock = systemClock, log = silentLog } = options;
  const probe = options.probe ?? ((): Promise<boolean> => probeInChild(clock));
  if (options.mode === 'memory') return createMemoryStore(BY_CHOICE);
  if (await probe()) {
    try {
      return await openKeychain(clock);
    } catch (error) {
      log.warn('keychain module not loaded', { reason: error instanceof Error ? error.message : 'unknown' });
    }
  }
  return createMemoryStore(NO_KEYCHAIN);
}

function createMemoryStore(notice: string): SecretStore {
  const secrets = new Map<string, string>();
  return {
    kind: 'memory',
    notice,
    get: async (name) => secrets.get(name) ?? null,
    async set(name, secret) {
      secrets.set(name, secret);
    },
    async delete(name) {
      secrets.delete(name);
    },
  };
}
