/** What the simulator's own tests talk to it with: plain HTTP, no opinion, and a listener that does as it is told. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isObject } from './json';
import type { Simulator } from './start-simulator';

/** For what comes by itself: long enough for a machine that is busy with everything else. */
export const SOON = { timeout: 8000 };

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The body as JSON; an empty object when it is none. */
  readonly json: Record<string, unknown>;
}

export interface TestClient {
  readonly account: string;
  readonly token: string;
  readonly session: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  swapIccid(from: string, to: string): Promise<Reply>;
  list(body?: unknown): Promise<Reply>;
  listen(url: string): Promise<Reply>;
}

export async function send(url: string, init: RequestInit): Promise<Reply> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000), ...init });
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = {};
  }
  return { status: response.status, text, headers: response.headers, json: isObject(json) ? { ...json } : {} };
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

export function askToken(url: string, authorization: string, form = 'grant_type=client_credentials'): Promise<Reply> {
  const headers = { Authorization: authorization, 'Content-Type': 'application/x-www-form-urlencoded' };
  return send(`${url}/api/ts/v1/oauth2/token`, { method: 'POST', headers, body: form });
}

/** Signs in as the training user of this number (from 1). */
export async function connect(simulator: Pick<Simulator, 'url' | 'accounts'>, number = 1): Promise<TestClient> {
  const who = simulator.accounts[number - 1];
  if (who === undefined) throw new Error(`no account ${number}`);
  const answer = await askToken(simulator.url, basic(who.clientId, who.clientSecret));
  const token = String(answer.json['access_token']);
  const signIn = JSON.stringify({ username: who.username, password: who.password });
  const signedIn = await send(`${simulator.url}/api/m2m/v1/session/login`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: signIn,
  });
  return client(simulator.url, who.account, token, String(signedIn.json['sessionToken']));
}

export function client(url: string, account: string, token: string, session: string): TestClient {
  const call: TestClient['call'] = (method, path, body, headers) =>
    send(`${url}/api/m2m/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'VZ-M2M-Token': session, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const swap = (from: string, to: string): unknown => ({
    deviceIds: [{ kind: 'iccid', id: from }],
    deviceIdsTo: [{ kind: 'iccid', id: to }],
    change4gOption: 'ChangeICCID',
  });
  return {
    account,
    token,
    session,
    call,
    swapIccid: (from, to) => call('PUT', '/devices/4g/actions/deviceId', swap(from, to)),
    list: (body = {}) => call('POST', '/devices/actions/list', body),
    listen: (target) =>
      call('POST', `/callbacks/${account}`, {
        name: 'CarrierService',
        url: target,
        username: 'desk',
        password: 'secret',
      }),
  };
}

export type CallbackMessage = Record<string, unknown> & { readonly requestId: string; readonly status: string };

export interface Listener {
  readonly url: string;
  readonly received: readonly CallbackMessage[];
  /** Statuses of the next answers; 204 when there are none left. 0 drops the connection. */
  readonly answers: number[];
  stop(): Promise<void>;
}

/** Keeps every callback. */
export async function startListener(...answers: number[]): Promise<Listener> {
  const received: CallbackMessage[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      received.push(JSON.parse(text) as CallbackMessage);
      const status = answers.shift() ?? 204;
      if (status === 0) response.destroy();
      else response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}/callback`, received, answers, stop };
}

/** The first active lines of an account, each with everything that a swap needs. */
export function activeLines(simulator: Simulator, account: string): ReturnType<Simulator['control']['lines']> {
  return simulator.control.lines({ account }).filter((line) => line.state === 'active');
}

/** Valid ICCIDs that no seeded line has. */
export function freeIccid(number: number): string {
  return `8901410000${String(number).padStart(10, '0')}`;
}
