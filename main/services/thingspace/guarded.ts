import { SwapdeskError } from '../../../shared/domain/fault';
import { assertNever, fail, ok, type Result } from '../../../shared/domain/result';
import { callFault } from './faults';
import type { CallFault, LoginGuard } from './types';

/**
 * One attempt with credentials, counted before it is made. Verizon locks a contact record after five refused logins in a
 * row, whoever made them, and only its support unlocks it: so the count is kept for all desks together.
 */
export interface SignInFault extends CallFault {
  /** The carrier refused the token that the login was sent with, not the login. */
  readonly renewsToken: boolean;
}

export interface Attempt<T> {
  readonly result: Result<T, SignInFault>;
  /**
   * What it proves about the credentials. `accepted`: the password is good. `refused`: it is not. `not-judged`: they
   * were not looked at, or what they were looked at for has no lock. `unproven`: nobody knows, so it stays counted.
   */
  readonly proves: 'accepted' | 'refused' | 'not-judged' | 'unproven';
}

export async function guarded<T>(
  guard: LoginGuard,
  providerUid: string,
  attempt: () => Promise<Attempt<T>>,
): Promise<Result<T, SignInFault>> {
  try {
    if (!(await guard.mayTry(providerUid))) return fail(LOCKED);
    const { result, proves } = await attempt();
    await report(guard, providerUid, proves);
    return result.ok ? ok(result.value) : result;
  } catch (error) {
    // The guard lives in the central database: without it nobody may try.
    if (!(error instanceof SwapdeskError)) throw error;
    const fault = callFault({ correlationId: '' }, { class: 'system', code: error.code, message: error.message });
    return fail({ ...fault, renewsToken: false });
  }
}

async function report(guard: LoginGuard, providerUid: string, proves: Attempt<unknown>['proves']): Promise<void> {
  switch (proves) {
    case 'accepted':
      return guard.succeeded(providerUid);
    case 'refused':
      return guard.failed(providerUid);
    case 'not-judged':
      return guard.uncount(providerUid);
    case 'unproven':
      return;
    default:
      return assertNever(proves);
  }
}

const LOCKED: SignInFault = {
  ...callFault(
    { correlationId: '' },
    {
      class: 'auth',
      code: 'provider-locked',
      message:
        'Signing in at the carrier was refused twice, so every desk has stopped: five refusals would lock the account. ' +
        'Check the credentials, store them again, then unlock the provider.',
      stopsProvider: true,
    },
  ),
  renewsToken: false,
};
