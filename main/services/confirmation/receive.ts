import { createHash, timingSafeEqual } from 'node:crypto';
import { usageError } from '../../../shared/domain/fault';
import type { Clock } from '../../lib/clock';
import type { Provider } from '../devices/types';
import { claimDigest, keptBody, keptClaim, readCallbackBody, readClaim } from './claim';
import type { Inbox } from './inbox';
import type { HandlerAnswer } from './listener';
import type { Refusals } from './refusals';

/** What is done with one delivery, at a desk and on a server alike. */
export interface ReceiveDeps {
  readonly clock: Clock;
  readonly inbox: Inbox;
  readonly refusals: Refusals;
}

export interface CallbackCredentials {
  readonly username: string;
  readonly password: string;
}

/** A provider on a path. Only digests are kept, of one length: `timingSafeEqual` needs it, and no secret lies around. */
export interface Tenant {
  readonly providerUid: string;
  readonly username: Buffer;
  readonly password: Buffer;
}

/** @throws usage `callback-credentials-missing` */
export function tenantFor(provider: Provider, credentials: CallbackCredentials): Tenant {
  requireCredentials(provider, credentials);
  return {
    providerUid: provider.uid,
    username: sha256(credentials.username),
    password: sha256(credentials.password),
  };
}

/** Judges the sender, stores what it says, and only then acknowledges it. */
export async function receive(
  deps: ReceiveDeps,
  tenants: readonly Tenant[],
  text: string,
  from: string,
): Promise<HandlerAnswer> {
  const nobody = tenants.length === 1 ? (tenants[0]?.providerUid ?? 'none') : 'none';
  const reading = readCallbackBody(text);
  if (reading.kind === 'unreadable') {
    deps.refusals.note({ providerUid: nobody, reason: 'unreadable', from });
    return 400;
  }
  const tenant = tenantOf(tenants, reading);
  if (tenant === undefined) {
    deps.refusals.note({ providerUid: nobody, reason: 'credentials', from });
    return 401;
  }
  const claim = readClaim(reading.body);
  if (claim === null) {
    deps.refusals.note({ providerUid: tenant.providerUid, reason: 'unreadable', from });
    return 400;
  }
  const stored = await deps.inbox.store({
    providerUid: tenant.providerUid,
    claim: keptClaim(claim, reading.password),
    digest: claimDigest(claim),
    body: keptBody(reading.body, reading.password),
    receivedAt: deps.clock.now(),
  });
  return stored ? 200 : 503;
}

/** Compares with every provider of the path, and both parts of each, so that the time tells nothing. */
function tenantOf(tenants: readonly Tenant[], given: CallbackCredentials): Tenant | undefined {
  const username = sha256(given.username);
  const password = sha256(given.password);
  let match: Tenant | undefined;
  for (const tenant of tenants) {
    const sameName = timingSafeEqual(tenant.username, username);
    const samePassword = timingSafeEqual(tenant.password, password);
    if (Number(sameName) + Number(samePassword) === 2) match = tenant;
  }
  return match;
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Without a password anybody on this computer could confirm a row. @throws usage `callback-credentials-missing` */
function requireCredentials(provider: Provider, credentials: CallbackCredentials): void {
  if (credentials.username !== '' && credentials.password !== '') return;
  throw usageError({
    code: 'callback-credentials-missing',
    what: 'The callback receiver needs a user name and a password',
    where: provider.name,
    todo: 'Store callbackUsername and callbackPassword with the credentials of this provider.',
  });
}
