import { notPermitted } from '../../shared/domain/fault';
import type { Closer } from '../lib/closer';
import type { Session } from '../services/identity';
import type { Home } from './home';

/** One kept session for each data folder. */
const sessionName = (home: Home): string => `session ${home.desktop.uid}`;

export async function keepSession(home: Home, session: Session): Promise<void> {
  await (await home.secrets()).set(sessionName(home), session.token);
}

export async function dropSession(home: Home): Promise<void> {
  await (await home.secrets()).delete(sessionName(home));
}

/** The kept session, renewed; null when there is none or it has ended. */
export async function keptSession(home: Home): Promise<Session | null> {
  const token = await (await home.secrets()).get(sessionName(home));
  return token === null ? null : (await home.identity()).resume(token);
}

/**
 * Whoever works with this command: `SWAPDESK_USER` and `SWAPDESK_PASSWORD` for its own duration, else the kept session.
 * @throws not-permitted `not-signed-in`
 */
export async function signedInSession(home: Home, closer: Closer): Promise<Session> {
  const { user, password } = home.config;
  if (user !== null && password !== null) {
    const identity = await home.identity();
    const session = await identity.signIn(user, password);
    closer.add('session', () => identity.signOut(session));
    return session;
  }
  const kept = await keptSession(home);
  if (kept !== null) return kept;
  throw notPermitted({
    code: 'not-signed-in',
    what: 'Nobody is signed in',
    where: home.dir,
    todo: 'Run `swapdesk sign-in --user NAME`, or set SWAPDESK_USER and SWAPDESK_PASSWORD. `swapdesk check FILE` needs neither.',
  });
}
