import { fail, ok } from '../../../shared/domain/result';
import type { ThingSpaceCredentials } from '../credentials/types';
import type { Provider } from '../devices/types';
import { readBody, sessionSchema, tokenSchema } from './answers';
import { ruleFor } from '../../../shared/domain/carrier-code';
import { faultOf, unreadableFault, type FaultContext } from './faults';
import type { Attempt, SignInFault } from './guarded';
import { parseJson } from './json';
import type { Scrubber } from './scrub';
import type { CallFault } from './types';
import type { Exchange, Wire } from './wire';

/** The two requests of signing in, and what their answers prove. Neither leaves a record: both carry secrets only. */
export interface SignInCall {
  readonly wire: Wire;
  readonly provider: Provider;
  readonly credentials: ThingSpaceCredentials;
  readonly scrubber: Scrubber;
  now(): number;
}

const TOKEN_PATH = '/api/ts/v1/oauth2/token';
const LOGIN_PATH = '/api/m2m/v1/session/login';

export async function requestToken(call: SignInCall): Promise<Attempt<{ token: string; lifeMs: number | null }>> {
  const { clientId, clientSecret } = call.credentials;
  const exchange = await call.wire.exchange({
    method: 'POST',
    url: new URL(TOKEN_PATH, call.provider.baseUrl).href,
    headers: {
      Authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
    },
    body: 'grant_type=client_credentials',
  });
  const context = contextOf(call);
  if (!isSuccess(exchange)) {
    const fault = faultOf(exchange, context);
    // No lock is known for the client key; but a refusal is a refusal, and stops everybody as one.
    const refused = isCredentialRefusal(exchange, fault);
    return { result: fail(signInFault(fault, refused)), proves: refused ? 'refused' : 'not-judged' };
  }
  const body = readBody(tokenSchema, parseJson(exchange.text));
  if (body === undefined)
    return { result: fail(signInFault(unreadableFault(exchange, context), false)), proves: 'not-judged' };
  const lifeMs = body.expires_in === undefined ? null : body.expires_in * 1000;
  return { result: ok({ token: body.access_token, lifeMs }), proves: 'not-judged' };
}

export async function logIn(call: SignInCall, bearer: string): Promise<Attempt<string>> {
  const { username, password } = call.credentials;
  const exchange = await call.wire.exchange({
    method: 'POST',
    url: new URL(LOGIN_PATH, call.provider.baseUrl).href,
    headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ username, password }),
  });
  const context = contextOf(call);
  if (!isSuccess(exchange)) {
    const fault = faultOf(exchange, context);
    const refused = isCredentialRefusal(exchange, fault);
    return {
      result: fail({ ...signInFault(fault, refused), renewsToken: renewsToken(fault) }),
      proves: refused ? 'refused' : exchange.kind === 'lost' ? 'unproven' : 'not-judged',
    };
  }
  const body = readBody(sessionSchema, parseJson(exchange.text));
  return body === undefined
    ? { result: fail(signInFault(unreadableFault(exchange, context), false)), proves: 'not-judged' }
    : { result: ok(body.sessionToken), proves: 'accepted' };
}

function contextOf(call: SignInCall): FaultContext {
  return { correlationId: '', scrubber: call.scrubber, now: call.now() };
}

export function isSuccess(exchange: Exchange): exchange is Extract<Exchange, { kind: 'answer' }> {
  return exchange.kind === 'answer' && exchange.status >= 200 && exchange.status < 300;
}

function renewsToken(fault: CallFault): boolean {
  return fault.class === 'auth' && ruleFor(fault.code)?.renews === 'token';
}

/**
 * 400 and 401 are how both endpoints refuse credentials, under codes that are not all known (thingspace documentation,
 * "Not confirmed"). So every such answer counts, except where the code says that the credentials were not looked at.
 */
function isCredentialRefusal(exchange: Exchange, fault: CallFault): boolean {
  if (exchange.kind !== 'answer' || (exchange.status !== 400 && exchange.status !== 401)) return false;
  return !renewsToken(fault) && fault.code !== '900906';
}

/**
 * A fault while signing in is never doubt about a swap: none was sent. What is final stops the provider, since every
 * other row would meet it too.
 */
function signInFault(fault: CallFault, refused: boolean): SignInFault {
  const stops = refused || fault.class === 'auth' || fault.class === 'api_permanent';
  const sorted = refused ? 'auth' : fault.class === 'api_unknown' ? 'api_transient' : fault.class;
  return { ...fault, class: sorted, stopsProvider: stops, renewsToken: false };
}
