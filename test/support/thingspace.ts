import type { Clock } from '../../main/lib/clock';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import type { Log, LogFields } from '../../main/lib/logger';
import type { ThingSpaceCredentials } from '../../main/services/credentials/types';
import type { Provider } from '../../main/services/devices/types';
import { createThingSpaceService, type LoginGuard, type Timeouts } from '../../main/services/thingspace';
import { PROVIDER } from './processing';

/** The promises of the login guard of the central database, in memory: two refusals stop, attempts under way count. */
export interface FakeGuard extends LoginGuard {
  readonly asked: number;
  readonly refused: number;
  readonly open: number;
}

const STOP_AT = 2;

export function createFakeGuard(): FakeGuard {
  const state = { asked: 0, refused: 0, open: 0 };
  return {
    get asked() {
      return state.asked;
    },
    get refused() {
      return state.refused;
    },
    get open() {
      return state.open;
    },
    async mayTry() {
      state.asked += 1;
      for (let turn = 0; state.refused + state.open >= STOP_AT && state.open > 0 && turn < 1_000; turn += 1) {
        await systemClock.sleep(1);
      }
      if (state.refused + state.open >= STOP_AT) return false;
      state.open += 1;
      return true;
    },
    async succeeded() {
      state.refused = 0;
      state.open = 0;
    },
    async failed() {
      state.refused += 1;
      state.open -= 1;
    },
    async uncount() {
      state.open -= 1;
    },
    async reset() {
      state.refused = 0;
      state.open = 0;
    },
  };
}

export const CREDENTIALS: ThingSpaceCredentials = {
  clientId: 'training-key-1',
  clientSecret: 'training-secret-1',
  username: 'training-user-1',
  password: 'training-password-1',
};

/** A log that keeps what was written to it. */
export function createKeepingLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (message: string, fields?: LogFields): void => void lines.push(JSON.stringify([message, fields ?? {}]));
  return { lines, info: keep, warn: keep, error: keep };
}

export interface ThingSpaceOptions {
  readonly url: string;
  readonly clock?: Clock;
  readonly credentials?: ThingSpaceCredentials | null;
  readonly timeouts?: Partial<Timeouts>;
  readonly guard?: LoginGuard;
  readonly provider?: Partial<Provider>;
}

/** The real carrier client, against any server. */
export function openThingSpace(options: ThingSpaceOptions) {
  const guard = options.guard ?? createFakeGuard();
  const log = createKeepingLog();
  const credentials = options.credentials === undefined ? CREDENTIALS : options.credentials;
  const service = createThingSpaceService({
    clock: options.clock ?? systemClock,
    ids: systemIds,
    log,
    credentials: { load: async () => credentials },
    loginGuard: guard,
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
  });
  const provider: Provider = { ...PROVIDER, baseUrl: options.url, ...options.provider };
  return { service, provider, guard, log };
}
