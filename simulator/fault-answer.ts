/** What a fault makes of an answer, and how the answer is written (or not) to the connection. */
import type { ServerResponse } from 'node:http';
import { forbiddenXml, htmlError, invalidCredentials, notAvailable, refusal, refused, type Answer } from './answers';
import type { RequestFault } from './fault-kinds';

/** How the connection behaves; an answer that goes out whole at once is `plain`. */
export type Delivery =
  | { readonly as: 'plain'; readonly delayMs?: number }
  | { readonly as: 'drop' }
  | { readonly as: 'reset'; readonly at: 'headers' | 'body' }
  | { readonly as: 'silence'; readonly closeAfterMs: number | undefined }
  | { readonly as: 'slow'; readonly chunkBytes: number; readonly everyMs: number }
  | { readonly as: 'truncate' };

/** A fault of a request, resolved: does the carrier act, when, and what does the client see of it. */
export interface Sabotage {
  readonly act: boolean;
  /** Change first, then fail: the client must not take the failure for "nothing happened". */
  readonly applyNow: boolean;
  readonly applyAfterMs?: number;
  /** In the place of the true answer. */
  readonly answer?: Answer;
  /** Of the true answer, this part otherwise. */
  readonly patch?: Partial<Answer>;
  readonly delivery: Delivery;
}

const PLAIN: Delivery = { as: 'plain' };
export const NO_SABOTAGE: Sabotage = { act: true, applyNow: false, delivery: PLAIN };

const HUGE_BYTES = 10 * 1024 * 1024;

export function sabotage(fault: RequestFault, path: string): Sabotage {
  switch (fault.kind) {
    case 'drop':
      return { ...timing(fault.when ?? 'before'), delivery: { as: 'drop' } };
    case 'silence':
      return { ...timing(fault.when ?? 'before'), delivery: { as: 'silence', closeAfterMs: fault.closeAfterMs } };
    case 'reset':
      return { ...timing(fault.when ?? 'after'), delivery: { as: 'reset', at: fault.at ?? 'headers' } };
    case 'slow':
      return {
        ...NO_SABOTAGE,
        delivery: { as: 'slow', chunkBytes: Math.max(1, fault.chunkBytes ?? 1), everyMs: fault.everyMs ?? 100 },
      };
    case 'delay':
      return { ...NO_SABOTAGE, delivery: { as: 'plain', delayMs: fault.ms } };
    case 'truncate':
      return { ...NO_SABOTAGE, delivery: { as: 'truncate' } };
    case 'content-type':
      return { ...NO_SABOTAGE, patch: { contentType: fault.contentType ?? 'text/html' } };
    case 'huge':
      return { ...NO_SABOTAGE, answer: hugeAnswer(fault.sizeBytes ?? HUGE_BYTES) };
    case 'late':
      return {
        act: true,
        applyNow: false,
        applyAfterMs: fault.applyAfterMs,
        ...lateAnswer(fault.answer ?? 'silence'),
      };
    case 'http':
    case 'server-error':
    case 'bad-gateway':
    case 'unavailable':
    case 'gateway-timeout':
      return { ...timing(fault.when ?? 'before'), answer: answerOf(fault, path), delivery: PLAIN };
    case 'refuse':
    case 'session-expired':
    case 'invalid-credentials':
    case 'forbidden-xml':
    case 'not-found':
    case 'conflict':
    case 'rate-limit':
      return { ...timing('before'), answer: answerOf(fault, path), delivery: PLAIN };
  }
}

const timing = (when: 'before' | 'after'): Pick<Sabotage, 'act' | 'applyNow'> => ({
  act: when === 'after',
  applyNow: when === 'after',
});

function lateAnswer(answer: 'silence' | 'drop' | 'gateway-timeout'): Pick<Sabotage, 'answer' | 'delivery'> {
  if (answer === 'gateway-timeout') return { answer: htmlError(504, 'Gateway Time-out'), delivery: PLAIN };
  return { delivery: answer === 'drop' ? { as: 'drop' } : { as: 'silence', closeAfterMs: undefined } };
}

function hugeAnswer(sizeBytes: number): Answer {
  return { status: 200, contentType: 'application/json', text: `{"padding":"${'x'.repeat(sizeBytes)}"}` };
}

/** INVENTED: Verizon documents no 429 for these calls, nor its body. */
function rateLimited(retryAfterSeconds: number | undefined): Answer {
  const answer: Answer = {
    status: 429,
    body: { fault: { code: '900800', message: 'Message throttled out', description: 'You have exceeded your quota' } },
  };
  return retryAfterSeconds === undefined
    ? answer
    : { ...answer, headers: { 'Retry-After': String(retryAfterSeconds) } };
}

type StatusFault = Exclude<
  RequestFault,
  { kind: 'drop' | 'silence' | 'reset' | 'slow' | 'delay' | 'truncate' | 'content-type' | 'huge' | 'late' }
>;

function answerOf(fault: StatusFault, path: string): Answer {
  switch (fault.kind) {
    case 'http':
      return customAnswer(fault);
    case 'refuse':
      return refused({ code: fault.code, message: 'Refused by a fault rule.' });
    case 'session-expired':
      return refused(refusal('sessionExpired', 'REQUEST_FAILED. The session token has expired.'));
    case 'invalid-credentials':
      return invalidCredentials(path);
    case 'forbidden-xml':
      return forbiddenXml();
    case 'not-found':
      return notAvailable();
    case 'conflict':
      return { status: 409, body: { errorCode: 'Conflict', errorMessage: 'The resource is being changed.' } };
    case 'rate-limit':
      return rateLimited(fault.retryAfterSeconds);
    case 'server-error':
      return { status: 500, body: { errorCode: 'InternalServerError', errorMessage: 'Internal server error.' } };
    case 'bad-gateway':
      return htmlError(502, 'Bad Gateway');
    case 'unavailable':
      return htmlError(503, 'Service Unavailable');
    case 'gateway-timeout':
      return htmlError(504, 'Gateway Time-out');
  }
}

function customAnswer(fault: Extract<RequestFault, { kind: 'http' }>): Answer {
  const base = fault.code === undefined ? {} : refused({ code: fault.code, message: 'Refused by a fault rule.' });
  return {
    ...base,
    status: fault.status,
    ...(fault.body === undefined ? {} : { body: fault.body }),
    ...(fault.text === undefined ? {} : { text: fault.text }),
    ...(fault.contentType === undefined ? {} : { contentType: fault.contentType }),
    ...(fault.headers === undefined ? {} : { headers: fault.headers }),
  };
}

/** Writes the answer the way the delivery says. Every timer ends with the connection. */
export function deliverAnswer(response: ServerResponse, answer: Answer, delivery: Delivery): void {
  const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  const socket = response.socket;
  switch (delivery.as) {
    case 'drop':
      socket?.destroy();
      return;
    case 'silence':
      if (delivery.closeAfterMs !== undefined) whileOpen(response, delivery.closeAfterMs, () => socket?.destroy());
      return;
    case 'plain':
      if (delivery.delayMs === undefined) writeWhole(response, answer, text);
      else whileOpen(response, delivery.delayMs, () => writeWhole(response, answer, text));
      return;
    case 'truncate':
      return writeWhole(response, answer, text.slice(0, Math.max(1, Math.floor(text.length / 2))));
    case 'reset':
      head(response, answer, Buffer.byteLength(text));
      if (delivery.at === 'headers') response.flushHeaders();
      else response.write(text.slice(0, Math.max(1, Math.floor(text.length / 2))));
      // A moment for the kernel to send what was written: a reset throws away what waits.
      whileOpen(response, 20, () => socket?.resetAndDestroy());
      return;
    case 'slow':
      head(response, answer, Buffer.byteLength(text));
      return drip(response, Buffer.from(text), delivery);
  }
}

function head(response: ServerResponse, answer: Answer, lengthBytes: number): void {
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType ?? 'application/json',
    'Content-Length': lengthBytes,
    ...answer.headers,
  });
}

function writeWhole(response: ServerResponse, answer: Answer, text: string): void {
  head(response, answer, Buffer.byteLength(text));
  response.end(text);
}

function drip(response: ServerResponse, rest: Buffer, pace: { chunkBytes: number; everyMs: number }): void {
  response.write(rest.subarray(0, pace.chunkBytes));
  const left = rest.subarray(pace.chunkBytes);
  if (left.length === 0) response.end();
  else whileOpen(response, pace.everyMs, () => drip(response, left, pace));
}

function whileOpen(response: ServerResponse, ms: number, act: () => void): void {
  const timer = setTimeout(act, ms);
  response.once('close', () => clearTimeout(timer));
}
