import type { SessionInfo } from '../../shared/contract/session';
import { PERMISSIONS_OF } from '../../shared/domain/permission';
import { demandPerson } from '../services/identity';
import type { Desk, SignedInDesk } from './desk';
import type { HandlersOf } from './handlers';

export function sessionHandlers(desk: Desk): HandlersOf<'session'> {
  return {
    'session.current': async () => {
      const signedIn = desk.current();
      return signedIn === null ? null : describe(signedIn);
    },
    'session.signIn': async ({ user, password }) => describe(await desk.signIn(user, password)),
    'session.signOut': async () => {
      await desk.signOut();
      return null;
    },
    'session.trainingUsers': async () => [...desk.trainingUsers],
  };
}

async function describe({ session, devices, credentials }: SignedInDesk): Promise<SessionInfo> {
  const providers = await devices.listProviders(session);
  return {
    userName: session.userName,
    role: demandPerson(session),
    permissions: [...PERMISSIONS_OF[session.role]],
    providers: await Promise.all(
      providers.map(async ({ uid, name, account }) => ({
        uid,
        name,
        account,
        hasCredentials: await credentials.has(uid),
      })),
    ),
  };
}
