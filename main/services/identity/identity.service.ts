import type { CentralDb } from '../../centraldb/types';
import { isoTime, type Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import {
  checkPassword,
  checkUserName,
  demand,
  signInRefused,
  tooManyAttempts,
  toUserError,
  type UserProblem,
} from './identity.rules';
import * as repo from './identity.repo';
import type { IdentityService, Session, UserAccount } from './types';
import { deriveKey, makeVerifier, sha256 } from './verifier';

/**
 * Users and sessions, judged by the central database. The password never leaves this process: what is sent is a key that
 * scrypt derives from it, and what is kept there is that key's SHA-256. A session is bound to this desktop, lives twelve
 * hours from its last use, and ends with `signOut`, with its user, or with its time.
 */
export function createIdentityService(deps: {
  central: CentralDb;
  clock: Clock;
  ids: Ids;
  desktopUid: string;
  /** Shown to others who meet this desk's leases. */
  desktopName: string;
}): IdentityService {
  const { central, ids, desktopUid, desktopName } = deps;
  return {
    async signIn(name, password) {
      const userName = name.trim();
      const salt = await central.withoutSession((trx) => repo.readSalt(trx, userName));
      const proof = await deriveKey(password, salt);
      const token = ids.token();
      const verdict = await central.withoutSession((trx) =>
        repo.signIn(trx, { name: userName, proof, desktopUid, desktopName, tokenHash: sha256(token) }),
      );
      if (verdict.kind === 'too-many') throw tooManyAttempts(verdict.waitSeconds);
      if (verdict.kind === 'refused') throw signInRefused();
      return toSession(token, verdict.facts);
    },

    async resume(token) {
      const facts = await central.withoutSession((trx) => repo.resumeSession(trx, token, desktopUid));
      return facts === null ? null : toSession(token, facts);
    },

    async signOut(session) {
      await central.withSession(session.token, (trx) => repo.endSession(trx));
    },

    async addUser(session, user) {
      demand(session.role, 'users.manage');
      const name = checkUserName(user.name);
      checkPassword(name, user.password);
      const verifier = await makeVerifier(user.password);
      const answer = await central.withSession(session.token, (trx) =>
        repo.addUser(trx, { ...user, ...verifier, uid: ids.uid(), name }),
      );
      return accountOf(answer, name);
    },

    async listUsers(session) {
      demand(session.role, 'users.manage');
      const users = await central.withSession(session.token, (trx) => repo.listUsers(trx));
      return users.map(toAccount);
    },

    async disableUser(session, name) {
      demand(session.role, 'users.manage');
      accountOf(await central.withSession(session.token, (trx) => repo.disableUser(trx, name)), name);
    },

    require(session, permission) {
      demand(session.role, permission);
    },
  };
}

function toSession(token: string, facts: repo.SessionFacts): Session {
  return {
    token,
    userUid: facts.user_uid,
    userName: facts.name,
    role: facts.role,
    providerUids: facts.provider_uids,
    customerUids: facts.customer_uids,
    expiresAt: facts.expires_at,
  };
}

function accountOf(answer: repo.UserAnswer, name: string): UserAccount {
  if ('user' in answer) return toAccount(answer.user);
  const problem: UserProblem = {
    problem: answer.problem,
    ...(answer.names === undefined ? {} : { names: answer.names }),
    ...(answer.known === undefined ? {} : { known: answer.known }),
  };
  throw toUserError(problem, name);
}

function toAccount(user: repo.UserFacts): UserAccount {
  const last = user.last_sign_in_at;
  return {
    uid: user.uid,
    name: user.name,
    role: user.role,
    providers: user.providers,
    customers: user.customers,
    disabled: user.disabled,
    lastSignInAt: last === null ? null : typeof last === 'number' ? isoTime(last) : isoTime(Date.parse(last)),
  };
}
