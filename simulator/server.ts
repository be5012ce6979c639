/** HTTP in front of the carrier: finds the endpoint, plays the faults, and answers only what is durable. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { checkBearer, checkSession, isAnswer } from './access';
import { noResource, notAvailable, type Answer } from './answers';
import type { Carrier } from './carrier';
import { answerControl } from './control-routes';
import type { SimulatorControl } from './control';
import type { Courier } from './courier';
import { deliverAnswer, NO_SABOTAGE, sabotage, type Sabotage } from './fault-answer';
import type { FaultsOfRequest } from './faults';
import { isObject, listOf, textOf } from './json';
import { parseKind } from './identifiers';
import { isApiPath, ROUTES, type Call, type Route } from './routes';
import type { Traffic } from './traffic';

/** Enough for a request with 10,000 devices. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

export interface ServerParts {
  readonly carrier: Carrier;
  readonly courier: Courier;
  readonly traffic: Traffic;
  readonly control: SimulatorControl;
}

export function createSimulatorServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      // The client went away while it was still sending: nothing was asked.
      if (request.destroyed && !request.complete) return;
      // A bug or a full disk: the client sees a broken connection or a 500, the operator sees why.
      process.stderr.write(`simulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      if (response.headersSent) response.destroy();
      else deliverAnswer(response, { status: 500, body: { errorCode: 'SimulatorError' } }, { as: 'plain' });
    });
  });
  // A caller that measures time-outs keeps connections for as long as it wants.
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  return server;
}

async function serve(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const text = await readBody(request);
  if (path.startsWith('/__control/')) {
    const answer = await answerControl(parts.control, request, text);
    return deliverAnswer(response, answer, { as: 'plain' });
  }
  const found = findRoute(request.method ?? 'GET', path);
  if (found === undefined) {
    parts.traffic.count('unknown');
    return deliverAnswer(response, isApiPath(path) ? noResource() : notAvailable(), { as: 'plain' });
  }
  await serveRoute(parts, found, { request, response, path, text });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly text: string;
}

async function serveRoute(
  { carrier, courier, traffic }: ServerParts,
  { route, params }: { readonly route: Route; readonly params: readonly string[] },
  { request, response, path, text }: Exchange,
): Promise<void> {
  traffic.count(route.name);
  const body = text === '' ? undefined : parseJson(text);
  const call = {
    ...{ carrier, courier, params, text, body },
    authorization: request.headers.authorization,
    sessionToken: header(request, 'vz-m2m-token'),
  };
  const faults = takeFaults(carrier, route, call);
  const plan = faults.request === undefined ? NO_SABOTAGE : sabotage(faults.request, path);
  const answer = await answerOf(route, call, plan, faults);
  // Whatever this request changed or saw is on the disk before anyone learns of it.
  if (carrier.journal.unsettled) await carrier.journal.settled();
  deliverAnswer(response, answer, plan.delivery);
  answer.afterAnswer?.();
  const silent = plan.delivery.as === 'drop' || plan.delivery.as === 'silence';
  const entry = { at: carrier.isoNow(), method: request.method ?? '', path, endpoint: route.name };
  const played = [faults.request, ...faults.operation, ...faults.callback].flatMap((fault) => fault?.kind ?? []);
  traffic.keep(
    { ...entry, status: silent ? null : answer.status, fault: played.length === 0 ? null : played.join(',') },
    text,
  );
}

async function answerOf(
  route: Route,
  call: Omit<Call, 'directives'>,
  plan: Sabotage,
  faults: FaultsOfRequest,
): Promise<Answer> {
  if (!plan.act) return plan.answer ?? { status: 500 };
  const directives = {
    applyNow: plan.applyNow,
    ...(plan.applyAfterMs === undefined ? {} : { applyAfterMs: plan.applyAfterMs }),
    faults: [...faults.operation, ...faults.callback],
  };
  const truth = await trueAnswer(route, { ...call, directives });
  if (plan.answer === undefined) return { ...truth, ...plan.patch };
  const { afterAnswer } = truth;
  return afterAnswer === undefined ? plan.answer : { ...plan.answer, afterAnswer };
}

function trueAnswer(route: Route, call: Call): Answer | Promise<Answer> {
  if (route.access === 'open') return route.answer(call);
  const { carrier } = call;
  const refused = checkBearer(carrier, call.authorization, '/m2m');
  if (refused !== undefined) return refused;
  if (route.access === 'bearer') return route.answer(call);
  const user = checkSession(carrier, call.sessionToken);
  return isAnswer(user) ? user : route.answer(call, user);
}

function takeFaults(carrier: Carrier, route: Route, call: Omit<Call, 'directives'>): FaultsOfRequest {
  const faults = carrier.faults.take({
    endpoint: route.name,
    account: () => accountOf(carrier, call),
    identifiers: () => identifiersOf(carrier, call.body),
  });
  for (const count of faults.counted) carrier.record({ type: 'fault-count', ...count });
  return faults;
}

function accountOf(carrier: Carrier, call: Omit<Call, 'directives'>): string | undefined {
  const session = carrier.state.sessions.get((call.sessionToken ?? '').toLowerCase());
  if (session !== undefined) return carrier.state.users.get(session.username)?.account;
  const username = isObject(call.body) ? textOf(call.body['username']) : undefined;
  return username === undefined ? undefined : carrier.state.users.get(username)?.account;
}

/** Every identifier in the body, and every other one of the lines that they name. */
function identifiersOf(carrier: Carrier, body: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    for (const item of listOf(value) ?? []) visit(item);
    if (!isObject(value)) return;
    const id = textOf(value['id']);
    const kind = parseKind(textOf(value['kind']) ?? '');
    if (id !== undefined) found.add(id);
    const line = id === undefined || kind === undefined ? undefined : carrier.state.lines.find({ kind, id });
    for (const own of [line?.iccid, line?.imei, line?.mdn, line?.eid]) if (own != null) found.add(own);
    Object.values(value).forEach(visit);
  };
  visit(body);
  return found;
}

function findRoute(method: string, path: string): { route: Route; params: readonly string[] } | undefined {
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    const match = route.path.exec(path);
    if (match !== null) return { route, params: match.slice(1).map(decode) };
  }
  return undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** By events: an iterator over the stream costs as much again as the rest of a small request. */
function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((done, failed) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > BODY_LIMIT_BYTES) request.destroy(new Error('request body too large'));
      else chunks.push(chunk);
    });
    request.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
    request.on('error', failed);
  });
}
