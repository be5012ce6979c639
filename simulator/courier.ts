/** Delivery of callbacks (VZ About Callback Services): POST, any 2xx acknowledges, three repeats five minutes apart. */
import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Carrier } from './carrier';
import { CALLBACK_ATTEMPTS, CALLBACK_REPEAT_MS, CARRIER_SERVICE } from './facts';
import type { CallbackRecord, CallbackStatus } from './records';
import { registrationKey } from './state';

/** One send, for the control side. */
export interface Delivery {
  readonly at: string;
  readonly requestId: string;
  readonly url: string;
  readonly attempt: number;
  /** Status of the listener's answer, or why there was none. */
  readonly answer: number | string;
}

/** Deliveries that the control side can show. */
const DELIVERIES_KEPT = 1000;
/** Connections to one listener; more callbacks wait for a free one. */
const LISTENER_CONNECTIONS = 64;

interface Target {
  readonly secure: boolean;
  readonly target: RequestOptions;
}

export class Courier {
  readonly #carrier: Carrier;
  readonly #agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: LISTENER_CONNECTIONS }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: LISTENER_CONNECTIONS }),
  };
  readonly #targets = new Map<string, Target>();
  readonly #sending = new Set<string>();
  readonly #deliveries: Delivery[] = [];
  #stopped = false;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  scheduleAll(callbacks: readonly CallbackRecord[]): void {
    for (const callback of callbacks) this.schedule(callback);
  }

  /** Sends a written callback when it is due. */
  schedule(callback: CallbackRecord): void {
    if (callback.status !== 'pending' && callback.status !== 'held') return;
    if (callback.status === 'pending' && callback.nextAtMs <= this.#carrier.now()) {
      // A failure to write is met again, and answered, by the next request.
      this.deliver(callback.id).catch(() => undefined);
      return;
    }
    this.#carrier.clock.at(callback.nextAtMs, () => this.#deliverIfDue(callback.id));
  }

  /** Sends everything that waits, due or not. */
  async deliverAll(): Promise<number> {
    const waiting = [...this.#carrier.state.callbacks.values()].filter(({ status }) => isWaiting(status));
    await Promise.all(waiting.map(({ id }) => this.deliver(id)));
    return waiting.length;
  }

  /** One attempt. What the callback tells is durable before it is told. */
  async deliver(id: string): Promise<void> {
    if (this.#sending.has(id) || this.#stopped) return;
    this.#sending.add(id);
    try {
      if (this.#carrier.journal.unsettled) await this.#carrier.journal.settled();
      const callback = this.#carrier.state.callbacks.get(id);
      if (callback !== undefined && isWaiting(callback.status)) await this.#attempt(callback);
    } finally {
      this.#sending.delete(id);
    }
  }

  /** Sends a body of the caller's making to the account's listener, as anyone could who knows its URL. */
  async sendRaw(account: string, body: unknown): Promise<number | string> {
    const registration = this.#carrier.state.registrations.get(registrationKey(account, CARRIER_SERVICE));
    if (registration === undefined || registration.url === null) return 'unregistered';
    return this.#post(registration.url, JSON.stringify(body));
  }

  stop(): void {
    this.#stopped = true;
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  async #deliverIfDue(id: string): Promise<void> {
    const callback = this.#carrier.state.callbacks.get(id);
    if (callback !== undefined && callback.nextAtMs <= this.#carrier.now()) await this.deliver(id);
  }

  async #attempt(callback: CallbackRecord): Promise<void> {
    const { account, service, requestId } = callback;
    const registration = this.#carrier.state.registrations.get(registrationKey(account, service));
    if (registration === undefined || registration.url === null) return this.#note(callback, 'unregistered');
    const attempts = callback.attempts + 1;
    const { username, password } = callback.forged ? FORGED : registration;
    const message = {
      ...{ username, password },
      ...callback.body,
      ...{ callbackCount: attempts, maxCallbackThreshold: CALLBACK_ATTEMPTS },
    };
    const answer = await this.#post(registration.url, JSON.stringify(message));
    if (this.#stopped) return;
    this.#log({ at: this.#carrier.isoNow(), requestId, url: registration.url, attempt: attempts, answer });
    const acknowledged = typeof answer === 'number' && answer >= 200 && answer < 300;
    if (acknowledged) this.#note({ ...callback, attempts }, 'delivered');
    else if (attempts >= CALLBACK_ATTEMPTS) this.#note({ ...callback, attempts }, 'archived');
    else this.#note({ ...callback, attempts, nextAtMs: this.#carrier.now() + CALLBACK_REPEAT_MS }, 'pending');
    if (acknowledged) this.#releaseHeld(account);
  }

  #note(callback: CallbackRecord, status: CallbackStatus): void {
    const { id, attempts, nextAtMs } = callback;
    this.#carrier.record({ type: 'callback-attempt', id, attempts, nextAtMs, status });
    if (status === 'pending') this.schedule({ ...callback, status });
  }

  /** A reordered callback follows the next one of its account. */
  #releaseHeld(account: string): void {
    const { held, callbacks } = this.#carrier.state;
    for (const callback of [...held].map((id) => callbacks.get(id))) {
      if (callback?.account === account) this.#note({ ...callback, nextAtMs: this.#carrier.now() }, 'pending');
    }
  }

  #log(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    if (this.#deliveries.length > DELIVERIES_KEPT) this.#deliveries.shift();
  }

  async #post(url: string, body: string): Promise<number | string> {
    const first = await this.#postOnce(url, body);
    // The listener closed an idle connection just as it was used again: that is no failed delivery.
    return first === 'stale' ? this.#postOnce(url, body) : first;
  }

  /** There are a handful of listeners and thousands of callbacks: each URL is taken apart once. */
  #target(url: string): Target {
    const known = this.#targets.get(url);
    if (known !== undefined) return known;
    const target = { secure: new URL(url).protocol === 'https:', target: urlToHttpOptions(new URL(url)) };
    this.#targets.set(url, target);
    return target;
  }

  #postOnce(url: string, body: string): Promise<number | string> {
    const { secure, target } = this.#target(url);
    return new Promise((done) => {
      const request = (secure ? httpsRequest : httpRequest)({
        ...target,
        method: 'POST',
        agent: this.#agents[secure ? 'https:' : 'http:'],
        headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        timeout: this.#carrier.settings.callbackTimeoutMs,
      });
      request.on('response', (response) => {
        response.resume();
        response.on('end', () => done(response.statusCode ?? 0));
        response.on('error', () => done('broken answer'));
        response.on('close', () => done('broken answer'));
      });
      request.on('timeout', () => request.destroy(new Error('timed out')));
      request.on('error', (error: NodeJS.ErrnoException) => {
        done(request.reusedSocket && error.code === 'ECONNRESET' ? 'stale' : (error.code ?? error.message));
      });
      request.end(body);
    });
  }
}

const FORGED = { username: 'forged-user', password: 'forged-password' };

function isWaiting(status: CallbackStatus): boolean {
  return status === 'pending' || status === 'held';
}
