import type { z } from 'zod';
import { fail, ok, type Result } from '../../../shared/domain/result';
import type { Clock } from '../../lib/clock';
import type { Json } from '../../lib/redact';
import type { Provider } from '../devices/types';
import { readBody } from './answers';
import { ruleFor } from '../../../shared/domain/carrier-code';
import { faultOf, unreadableFault } from './faults';
import { parseJson } from './json';
import { createScrubber, keptAnswer, type Scrubber } from './scrub';
import type { SignedIn, SignIn } from './sign-in';
import { isSuccess } from './sign-in-calls';
import type { CallFault, CallRecord, CarrierCall } from './types';
import type { Exchange, Wire, WireRequest } from './wire';

/** One call to the carrier with token and session, and what is kept of it. */
export interface CallSpec<T> {
  readonly method: WireRequest['method'];
  readonly path: string;
  readonly body: Json | null;
  readonly schema: z.ZodType<T>;
  /** Secrets of the body that the sign-in does not know. */
  readonly secrets?: readonly string[];
}

export interface CallerDeps {
  readonly clock: Clock;
  readonly wire: Wire;
}

/**
 * Sends one call. A refusal of the token, and one of the session, is answered by renewing it and sending again, each
 * once: such a refusal proves that the carrier did nothing. Nothing else is ever sent twice here.
 */
export async function callCarrier<T>(
  deps: CallerDeps,
  provider: Provider,
  signIn: SignIn,
  spec: CallSpec<T>,
  correlationId: string,
): Promise<CarrierCall<T>> {
  const startedAt = deps.clock.now();
  const renewed = new Set<'token' | 'session'>();
  const kept = (httpStatus: number | null, response: Json, scrubber: Scrubber): CallRecord => ({
    correlationId,
    method: spec.method,
    path: spec.path,
    request: spec.body === null ? null : scrubber.json(spec.body),
    httpStatus,
    response,
    startedAt,
    durationMs: deps.clock.now() - startedAt,
  });
  for (;;) {
    const signedIn = await signIn.ensure();
    if (!signedIn.ok) {
      const error = { ...signedIn.error, correlationId };
      return { result: fail(error), record: kept(null, null, createScrubber(spec.secrets ?? [])) };
    }
    const used = signedIn.value;
    const exchange = await deps.wire.exchange(wireRequest(provider, spec, used));
    const scrubber = spec.secrets === undefined ? used.scrubber : createScrubber([...used.secrets, ...spec.secrets]);
    const result = judge(exchange, spec.schema, { correlationId, scrubber, now: deps.clock.now() });
    const part = result.ok ? undefined : renewalOf(result.error);
    if (part === undefined) signIn.used();
    else if (!renewed.has(part)) {
      renewed.add(part);
      signIn.refused(part, used);
      continue;
    }
    const answered = exchange.kind === 'answer';
    const response = answered ? keptAnswer(scrubber, exchange.text, exchange.contentType) : null;
    return { result, record: kept(answered ? exchange.status : null, response, scrubber) };
  }
}

function wireRequest(provider: Provider, spec: CallSpec<unknown>, used: SignedIn): WireRequest {
  return {
    method: spec.method,
    url: new URL(spec.path, provider.baseUrl).href,
    headers: {
      Authorization: `Bearer ${used.token}`,
      'VZ-M2M-Token': used.session,
      // Documented as required, also where there is no body.
      'Content-Type': 'application/json',
      Accept: 'application/json',
    },
    body: spec.body === null ? null : JSON.stringify(spec.body),
  };
}

function judge<T>(
  exchange: Exchange,
  schema: z.ZodType<T>,
  context: { correlationId: string; scrubber: Scrubber; now: number },
): Result<T, CallFault> {
  if (!isSuccess(exchange)) return fail(faultOf(exchange, context));
  const body = readBody(schema, parseJson(exchange.text));
  return body === undefined ? fail(unreadableFault(exchange, context)) : ok(body);
}

function renewalOf(fault: CallFault): 'token' | 'session' | undefined {
  return fault.class === 'auth' ? ruleFor(fault.code)?.renews : undefined;
}
