import axios, { isAxiosError, type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../../lib/clock';
import {
  CONNECT_TIMEOUT,
  createAgents,
  proxyProblem,
  trustedAuthorities,
  type Authorities,
  type ProxySettings,
} from './agents';

/**
 * One request and its answer, as texts. The only place that knows axios and its errors: nothing of an axios error, which
 * carries headers and bodies with secrets, goes further than this file.
 */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export type Exchange =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly contentType: string;
      readonly retryAfter: string | null;
      readonly text: string;
    }
  /** Nothing left this computer: no connection stood yet. */
  | { readonly kind: 'not-sent'; readonly code: string; readonly message: string }
  /** The request, or a part of it, may have reached the carrier, and there is no whole answer. */
  | { readonly kind: 'lost'; readonly code: string; readonly message: string; readonly status: number | null };

export interface Timeouts {
  /** Name, TCP and TLS together. */
  readonly connectMs: number;
  /** From the connection to the head of the answer. */
  readonly answerMs: number;
  /** From the beginning to the last byte of the answer. */
  readonly totalMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 10_000, answerMs: 30_000, totalMs: 60_000 };

/** A page of 500 lines has about 1 MiB; nothing that ThingSpace answers is larger. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface Wire {
  exchange(request: WireRequest): Promise<Exchange>;
  close(): void;
}

/** What is known of a request while it is under way. */
interface Progress {
  /** A standing connection was given to the request: from here it may have been sent. */
  connected: boolean;
  status: number | null;
  /** Which time-out ended it. */
  timedOut: 'answer-timeout' | 'total-timeout' | null;
}

export function createWire(
  clock: Clock,
  timeouts: Timeouts,
  proxy: ProxySettings | null,
  authorities: Authorities = trustedAuthorities,
): Wire {
  const direct = createAgents(clock, timeouts.connectMs, null, authorities);
  const problem = proxy === null ? null : proxyProblem(proxy);
  const proxied =
    proxy === null || problem !== null ? direct : createAgents(clock, timeouts.connectMs, proxy, authorities);
  const client = axios.create({
    adapter: 'http',
    maxRedirects: 0,
    maxContentLength: MAX_ANSWER_BYTES,
    responseType: 'text',
    validateStatus: () => true,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
  });
  return {
    async exchange(request) {
      const progress: Progress = { connected: false, status: null, timedOut: null };
      const abort = new AbortController();
      const toOneself = isLoopback(new URL(request.url));
      if (problem !== null && !toOneself) return { kind: 'not-sent', code: 'proxy-not-supported', message: problem };
      const agents = toOneself ? direct : proxied;
      const watch = watchPhases(clock, timeouts, progress, abort);
      const config: AxiosRequestConfig = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        data: request.body ?? undefined,
        signal: abort.signal,
        httpAgent: agents.http,
        httpsAgent: agents.https,
        // Without `proxy: false` axios leaves a proxy to agents that know one.
        ...(agents === direct ? { proxy: false as const } : {}),
        transport: { request: watch.send },
      };
      try {
        return answered(await client.request<string>(config));
      } catch (error) {
        return unanswered(error, progress);
      } finally {
        watch.stop();
      }
    },
    close() {
      direct.destroy();
      proxied.destroy();
    },
  };
}

export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname);
}

interface PhaseWatch {
  /** Node's `request` for axios. */
  readonly send: (options: RequestOptions, onResponse: (response: IncomingMessage) => void) => ClientRequest;
  readonly stop: () => void;
}

/** Watches one request from inside: whether it got a connection, and the time-out of each phase. */
function watchPhases(clock: Clock, timeouts: Timeouts, progress: Progress, abort: AbortController): PhaseWatch {
  const end = (why: Exclude<Progress['timedOut'], null>) => (): void => {
    progress.timedOut = why;
    abort.abort();
  };
  const stopTotal = clock.after(timeouts.totalMs, end('total-timeout'));
  let stopAnswer = (): void => undefined;
  return {
    send(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest {
      const send = options.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = send(options, onResponse);
      request.once('socket', () => {
        progress.connected = true;
        stopAnswer = clock.after(timeouts.answerMs, end('answer-timeout'));
      });
      request.once('response', (response: IncomingMessage) => {
        progress.status = response.statusCode ?? null;
        stopAnswer();
      });
      return request;
    },
    stop(): void {
      stopTotal();
      stopAnswer();
    },
  };
}

function answered(response: AxiosResponse<string>): Exchange {
  const header = (name: string): string | null => {
    const value: unknown = response.headers[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    kind: 'answer',
    status: response.status,
    contentType: header('content-type') ?? '',
    retryAfter: header('retry-after'),
    text: typeof response.data === 'string' ? response.data : '',
  };
}

/** What an error of the transport says, in our words: codes and messages without a header, an address or a body. */
function unanswered(error: unknown, progress: Progress): Exchange {
  const code = networkCode(error);
  if (!progress.connected) return { kind: 'not-sent', ...notSentStory(code, progress) };
  const { status } = progress;
  if (progress.timedOut !== null)
    return { kind: 'lost', code: progress.timedOut, message: 'The carrier did not answer in time', status };
  if (isAxiosError(error) && error.message.startsWith('maxContentLength'))
    return { kind: 'lost', code: 'answer-too-large', message: 'The answer was larger than any of ThingSpace', status };
  if (status !== null)
    return { kind: 'lost', code: 'answer-cut', message: 'The connection ended in the middle of the answer', status };
  return { kind: 'lost', code: 'connection-lost', message: `The connection ended without an answer (${code})`, status };
}

function networkCode(error: unknown): string {
  const code = isRecord(error) ? error['code'] : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'UNKNOWN';
}

function notSentStory(code: string, progress: Progress): { code: string; message: string } {
  if (code === CONNECT_TIMEOUT || progress.timedOut !== null)
    return { code: 'connect-timeout', message: 'No connection to the carrier in time' };
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { code: 'name-not-found', message: `The name of the carrier's server can not be resolved (${code})` };
    case 'ECONNREFUSED':
      return { code: 'connection-refused', message: "The carrier's server refuses the connection" };
    default:
      return /CERT|SSL|TLS|SIGNATURE|ISSUER|ALTNAME|EPROTO/.test(code)
        ? { code: 'tls-failed', message: `The certificate or the encryption of the server is not acceptable (${code})` }
        : { code: 'no-connection', message: `No connection to the carrier (${code})` };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
