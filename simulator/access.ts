/** Tokens, sessions and logins (VZ Getting Credentials, Start/End Connectivity Management Session). */
import { createHash, timingSafeEqual } from 'node:crypto';
import {
  forbiddenXml,
  invalidCredentials,
  missingCredentials,
  oauthError,
  ok,
  refusal,
  refused,
  type Answer,
} from './answers';
import type { Carrier } from './carrier';
import { FAILED_LOGINS_TO_LOCK, SESSION_IDLE_MS, TOKEN_LIFE_MS } from './facts';
import { isObject, textOf } from './json';
import type { User } from './state';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** The last use of a session is written down at most this often: a restart may end it this much early. */
const SESSION_WRITE_MS = 30_000;

/** `POST /api/ts/v1/oauth2/token`. */
export function issueToken(carrier: Carrier, authorization: string | undefined, form: URLSearchParams): Answer {
  const client = basicClient(carrier, authorization);
  if (client === 'missing') return missingCredentials();
  if (client === 'wrong') return oauthError(401, 'invalid_client', 'Client authentication failed');
  const grant = form.get('grant_type');
  if (grant === null || grant === '') return oauthError(400, 'invalid_request', 'Missing grant_type parameter value');
  if (grant !== 'client_credentials') return oauthError(400, 'unsupported_grant_type', `Unsupported grant: ${grant}`);
  const now = carrier.now();
  let token = carrier.state.tokens.get(client.clientId);
  if (token === undefined || now >= token.issuedAtMs + TOKEN_LIFE_MS) {
    carrier.record({ type: 'token', clientId: client.clientId, token: carrier.newId(), issuedAtMs: now });
    token = carrier.state.tokens.get(client.clientId);
  }
  const leftMs = (token?.issuedAtMs ?? now) + TOKEN_LIFE_MS - now;
  return ok({
    access_token: token?.token,
    scope: 'am_application_scope default',
    token_type: 'Bearer',
    expires_in: Math.max(1, Math.floor(leftMs / 1000)),
  });
}

/** Revoking: what it does is documented, its URL is not; `/api/ts/v1/oauth2/revoke` is INVENTED. */
export function revokeToken(carrier: Carrier, authorization: string | undefined, form: URLSearchParams): Answer {
  const client = basicClient(carrier, authorization);
  if (client === 'missing') return missingCredentials();
  if (client === 'wrong') return oauthError(401, 'invalid_client', 'Client authentication failed');
  if (carrier.state.tokens.get(client.clientId)?.token === form.get('token'))
    carrier.record({ type: 'token-revoked', clientId: client.clientId });
  return { status: 200, text: '' };
}

function basicClient(carrier: Carrier, authorization: string | undefined): User | 'missing' | 'wrong' {
  if (authorization === undefined) return 'missing';
  const [scheme, encoded] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return 'missing';
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  for (const user of carrier.state.users.values()) {
    if (user.clientId === text.slice(0, colon) && same(user.clientSecret, text.slice(colon + 1))) return user;
  }
  return 'wrong';
}

function same(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

/** Undefined when the bearer token is good, else the gateway's answer. */
export function checkBearer(carrier: Carrier, authorization: string | undefined, path: string): Answer | undefined {
  if (authorization === undefined || authorization === '') return missingCredentials();
  if (!/^bearer /i.test(authorization)) return forbiddenXml();
  const presented = authorization.slice('bearer '.length).trim();
  const clientId = carrier.state.clientOfToken.get(presented);
  const token = clientId === undefined ? undefined : carrier.state.tokens.get(clientId);
  const good = token !== undefined && token.token === presented && carrier.now() < token.issuedAtMs + TOKEN_LIFE_MS;
  return good ? undefined : invalidCredentials(path);
}

/** The user of the session named by `VZ-M2M-Token`, or the error; using a session keeps it alive. */
export function checkSession(carrier: Carrier, header: string | undefined): User | Answer {
  if (header === undefined || header === '')
    return refused(refusal('sessionMissing', 'REQUEST_FAILED. The session token is missing.'));
  if (!GUID.test(header)) return refused(refusal('sessionInvalid', 'INPUT_INVALID. The session token is not valid.'));
  const token = header.toLowerCase();
  const session = carrier.state.sessions.get(token);
  const user = session === undefined ? undefined : carrier.state.users.get(session.username);
  const now = carrier.now();
  if (session === undefined || user === undefined || now - session.usedAtMs >= SESSION_IDLE_MS)
    return refused(refusal('sessionExpired', 'REQUEST_FAILED. The session token has expired.'));
  session.usedAtMs = now;
  if (now - session.writtenAtMs >= SESSION_WRITE_MS) {
    carrier.record({ type: 'session', token, username: session.username, usedAtMs: now });
  }
  return user;
}

export function isAnswer(value: User | Answer): value is Answer {
  return 'status' in value;
}

/** `POST /session/login`. A locked contact record refuses the right password too, until Verizon Support unlocks it. */
export function login(carrier: Carrier, body: unknown): Answer {
  const username = isObject(body) ? textOf(body['username']) : undefined;
  const password = isObject(body) ? textOf(body['password']) : undefined;
  if (username === undefined || password === undefined)
    return refused(refusal('unexpected', 'REQUEST_FAILED. Username or password is missing.'));
  const user = carrier.state.users.get(username);
  if (user === undefined) return badPassword();
  if (user.failedLogins >= FAILED_LOGINS_TO_LOCK)
    return refused({ code: carrier.settings.codes.contactLocked, message: 'REQUEST_FAILED. The contact is locked.' });
  if (!same(user.password, password)) {
    carrier.record({ type: 'user', username, password: user.password, failedLogins: user.failedLogins + 1 });
    return badPassword();
  }
  if (user.failedLogins > 0) carrier.record({ type: 'user', username, password: user.password, failedLogins: 0 });
  const token = carrier.newId();
  carrier.record({ type: 'session', token, username, usedAtMs: carrier.now() });
  return ok({ sessionToken: token });
}

const badPassword = (): Answer => refused(refusal('badPassword', 'INPUT_INVALID. The password is not valid.'));

/** `POST /session/logout`: answers the token it ended. */
export function logout(carrier: Carrier, header: string | undefined): Answer {
  const token = (header ?? '').toLowerCase();
  carrier.record({ type: 'session-ended', token });
  return ok({ sessionToken: header });
}

/** `PUT /session/password/actions/reset`: a new random password, effective at once. */
export function resetPassword(carrier: Carrier, user: User, body: unknown): Answer {
  const old = isObject(body) ? textOf(body['oldPassword']) : undefined;
  if (old === undefined || !same(user.password, old)) return badPassword();
  const newPassword = `Tr-${carrier.newId().slice(0, 18)}`;
  carrier.record({ type: 'user', username: user.username, password: newPassword, failedLogins: 0 });
  return ok({ newPassword });
}
