import type { CentralDb } from '../../centraldb/types';
import type { Clock } from '../../lib/clock';
import type { Session } from '../identity/types';
import type { LoginGuard } from '../thingspace/types';
import * as repo from './identifiers.repo';
import { toIdentifiersError } from './identifiers.rules';

/** While other desks' logins are under way, their outcome decides whether this one may be made. */
const ASK_AGAIN_MS = 300;
/** An attempt that nobody has ended is taken for abandoned after 90 s (login-guard.sql); then the wait is over. */
const LONGEST_WAIT_MS = 100_000;

/** The login guard in the central database (rules: main/centraldb/procedures/login-guard.sql). */
export function createLoginGuard(deps: { central: CentralDb; session: () => Session; clock: Clock }): LoginGuard {
  const { central, session, clock } = deps;
  const note = async (providerUid: string, outcome: repo.LoginOutcome): Promise<void> => {
    try {
      await central.withSession(session().token, (trx) => repo.noteLogin(trx, providerUid, outcome));
    } catch (error) {
      throw toIdentifiersError(error);
    }
  };
  return {
    async mayTry(providerUid) {
      const deadline = clock.now() + LONGEST_WAIT_MS;
      for (;;) {
        const answer = await central
          .withSession(session().token, (trx) => repo.tryLogin(trx, providerUid))
          .catch((error: unknown) => {
            throw toIdentifiersError(error);
          });
        if (answer !== 'wait') return answer === 'go';
        if (clock.now() >= deadline) return false;
        await clock.sleep(ASK_AGAIN_MS);
      }
    },
    succeeded: (providerUid) => note(providerUid, 'succeeded'),
    failed: (providerUid) => note(providerUid, 'failed'),
    uncount: (providerUid) => note(providerUid, 'uncount'),
    reset: (providerUid) => note(providerUid, 'reset'),
  };
}
