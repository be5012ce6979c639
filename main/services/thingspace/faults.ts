import type { FaultClass } from '../../../shared/domain/fault';
import { assertNever } from '../../../shared/domain/result';
import { readRefusal } from './answers';
import { ruleFor, stripServiceName, UNKNOWN_CODE_STEP, type CodeRule } from '../../../shared/domain/carrier-code';
import type { Scrubber } from './scrub';
import type { CallFault } from './types';
import type { Exchange } from './wire';

/**
 * Sorts everything that is not the answer that was asked for. The question behind every class: may the carrier have
 * acted? Only a refusal in so many words, or a request that never left, says no.
 */
export interface FaultContext {
  readonly correlationId: string;
  readonly scrubber: Scrubber;
  readonly now: number;
}

const MAX_CODE_CHARACTERS = 200;
const MAX_MESSAGE_CHARACTERS = 300;
/** A longer wait than this is no rate limit; whoever asks for it gets asked again after an hour. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;

export function callFault(
  context: Pick<FaultContext, 'correlationId'>,
  fault: { readonly class: FaultClass; readonly code: string; readonly message: string } & Partial<CallFault>,
): CallFault {
  return {
    retryAfterMs: null,
    httpStatus: null,
    stopsProvider: false,
    unknownCode: false,
    ...fault,
    correlationId: context.correlationId,
  };
}

/** The fault of an exchange that brought no 2xx answer. */
export function faultOf(exchange: Exchange, context: FaultContext): CallFault {
  switch (exchange.kind) {
    case 'not-sent':
      return callFault(context, {
        class: 'api_transient',
        code: exchange.code,
        message: `${exchange.message}. Nothing was sent; Swapdesk tries again.`,
      });
    case 'lost':
      return callFault(context, {
        class: 'api_unknown',
        code: exchange.code,
        message: `${exchange.message}. It is not known whether the carrier acted.`,
        httpStatus: exchange.status,
      });
    case 'answer':
      return refusalFault(exchange, context);
    default:
      return assertNever(exchange);
  }
}

/** A 2xx answer that is not the one that was asked for: something was done, or not. */
export function unreadableFault(answer: Extract<Exchange, { kind: 'answer' }>, context: FaultContext): CallFault {
  return callFault(context, {
    class: 'api_unknown',
    code: 'answer-unreadable',
    message: `The carrier's answer can not be read (${context.scrubber.text(answer.contentType, 60) || 'no content type'}, ${answer.text.length} characters). It is not known whether the carrier acted.`,
    httpStatus: answer.status,
  });
}

function refusalFault(answer: Extract<Exchange, { kind: 'answer' }>, context: FaultContext): CallFault {
  const refusal = readRefusal(answer);
  const { status } = answer;
  const retryAfterMs = parseRetryAfter(answer.retryAfter, context.now);
  const code =
    refusal.code === null ? null : context.scrubber.text(stripServiceName(refusal.code), MAX_CODE_CHARACTERS);
  const says =
    refusal.message === null || refusal.message === ''
      ? ''
      : ` The carrier says: "${context.scrubber.text(refusal.message, MAX_MESSAGE_CHARACTERS)}".`;
  const common = { httpStatus: status, retryAfterMs };
  if (status === 429) {
    const message = `The carrier asks for fewer requests.${says} Swapdesk waits and sends again.`;
    return callFault(context, { ...common, class: 'api_transient', code: 'rate-limited', message });
  }
  if (status === 408 || status >= 500 || status < 400) {
    const message = `The carrier answered with HTTP ${status}.${says} It is not known whether it acted.`;
    return callFault(context, { ...common, class: 'api_unknown', code: code ?? `http-${status}`, message });
  }
  const rule = code === null ? null : ruleFor(code);
  if (code !== null && rule !== null) return { ...ruleFault(rule, code, says, context), ...common };
  return { ...unlistedFault(status, code, says, context), ...common };
}

function ruleFault(rule: CodeRule, code: string, says: string, context: FaultContext): CallFault {
  return callFault(context, {
    class: rule.class,
    code,
    message: `${rule.meaning}.${says} ${rule.nextStep}`,
    stopsProvider: rule.stopsProvider,
  });
}

/** A refusal whose code is in no table, or that has none. */
function unlistedFault(status: number, code: string | null, says: string, context: FaultContext): CallFault {
  if (status === 401 || status === 403) {
    const named = code !== null && !/^\d+$/.test(code);
    return callFault(context, {
      class: 'auth',
      code: named ? code : `http-${status}`,
      message: `The carrier does not let this provider in (HTTP ${status}).${says} Check its credentials and rights at the carrier.`,
      stopsProvider: true,
      unknownCode: named,
    });
  }
  return callFault(context, {
    class: 'api_permanent',
    code: code ?? `http-${status}`,
    message: `The carrier refused the request (HTTP ${status}).${says} ${UNKNOWN_CODE_STEP}`,
    unknownCode: true,
  });
}

/** Retry-After in seconds or as a date (RFC 9110 10.2.3), as milliseconds from now. */
export function parseRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  // `Date.parse` takes almost anything for a date; HTTP writes them in one way only.
  const untilMs = /GMT$/i.test(text) ? Date.parse(text) - now : Number.NaN;
  const delayMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : untilMs;
  return Number.isFinite(delayMs) ? Math.min(Math.max(delayMs, 0), MAX_RETRY_AFTER_MS) : null;
}
