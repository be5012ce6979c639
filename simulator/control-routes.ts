/** The control side over HTTP: `/__control/…`, for this computer only. */
import type { IncomingMessage } from 'node:http';
import type { Answer } from './answers';
import { ControlError, type NewLine, type SimulatorControl } from './control';
import { FaultFileError, readFaultFile, readSettings } from './fault-file';
import { isObject, textOf, type JsonObject } from './json';

interface ControlCall {
  readonly control: SimulatorControl;
  readonly body: JsonObject;
  readonly query: URLSearchParams;
  /** What follows the name of the endpoint in the path. */
  readonly rest: string;
}

type Handler = (call: ControlCall) => unknown;

const number = (text: string | null): number | undefined => (text === null ? undefined : Number(text));
const idOf = (body: JsonObject): string => textOf(body['id']) ?? missing('id');

function missing(name: string): never {
  throw new ControlError(`${name}: missing`);
}

const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET state': ({ control, query }) => {
    const wants = (name: string): boolean => query.get(name) === '1';
    return {
      ...control.state(),
      ...(wants('lines') ? { allLines: control.lines() } : {}),
      ...(wants('swaps') ? { allSwaps: control.swaps() } : {}),
    };
  },
  'GET health': ({ control }) => ({ pid: process.pid, now: control.now() }),
  'GET lines': ({ control, query }) => {
    const account = query.get('account');
    return control.lines({
      ...(account === null ? {} : { account }),
      offset: number(query.get('offset')) ?? 0,
      limit: number(query.get('limit')) ?? 1000,
    });
  },
  'GET swaps': ({ control }) => control.swaps(),
  'GET refusals': ({ control }) => control.refusals(),
  'GET requests': ({ control }) => control.requests(),
  'GET callbacks': ({ control }) => control.deliveries(),
  'GET line': ({ control, rest }) => control.line(rest) ?? missing(`line "${rest}"`),
  'POST line': async ({ control, body }) => {
    if (isObject(body['add'])) return control.addLine(body['add'] as unknown as NewLine);
    if (body['remove'] === true) return control.removeLine(idOf(body));
    if (!isObject(body['set'])) return missing('set, add or remove');
    return control.changeLine(idOf(body), body['set']);
  },
  'POST connect': ({ control, body }) => control.connect(idOf(body)),
  'POST clock/advance': async ({ control, body }) => {
    await control.advance(typeof body['ms'] === 'number' ? body['ms'] : NaN);
    return { now: control.now() };
  },
  'POST faults': ({ control, body }) => {
    const { replace, ...content } = body;
    const { rules, settings } = readFaultFile(content);
    control.setSettings(settings);
    if (replace === true) control.setFaults(rules);
    else control.addFaults(rules);
    return control.state().faults;
  },
  'DELETE faults': ({ control }) => control.setFaults([]),
  'POST settings': ({ control, body }) => {
    control.setSettings(readSettings(body));
    return control.state().settings;
  },
  'POST callbacks/deliver': ({ control }) => control.deliverCallbacks(),
  'POST callbacks/send': async ({ control, body }) => ({
    answer: await control.sendCallback(textOf(body['account']) ?? missing('account'), body['body'] ?? missing('body')),
  }),
  'POST unlock': ({ control, body }) => control.unlock(textOf(body['username']) ?? missing('username')),
  'POST reset': ({ control }) => control.reset(),
};

/** Answers a control request; anything that is not this computer, or came by a foreign host name, is refused. */
export async function answerControl(
  control: SimulatorControl,
  request: IncomingMessage,
  text: string,
): Promise<Answer> {
  if (!isLocal(request)) return { status: 403, body: { error: 'the control side answers this computer only' } };
  const url = new URL(request.url ?? '/', 'http://localhost');
  const path = url.pathname.slice('/__control/'.length);
  const { handler, rest } = findHandler(request.method ?? 'GET', path);
  if (handler === undefined) return { status: 404, body: { error: `no control endpoint ${request.method} ${path}` } };
  try {
    const body = readControlBody(text);
    const result = await handler({ control, body, query: url.searchParams, rest });
    return { status: 200, body: result ?? { done: true } };
  } catch (error: unknown) {
    if (error instanceof ControlError || error instanceof FaultFileError)
      return { status: error.message.startsWith('line "') ? 404 : 400, body: { error: error.message } };
    throw error;
  }
}

function findHandler(method: string, path: string): { handler: Handler | undefined; rest: string } {
  const whole = HANDLERS[`${method} ${path}`];
  if (whole !== undefined) return { handler: whole, rest: '' };
  const slash = path.indexOf('/');
  const rest = slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1));
  return { handler: slash < 0 ? undefined : HANDLERS[`${method} ${path.slice(0, slash)}`], rest };
}

function readControlBody(text: string): JsonObject {
  if (text === '') return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ControlError('body: not JSON');
  }
  if (Array.isArray(body)) return { rules: body };
  if (!isObject(body)) throw new ControlError('body: expected an object');
  return body;
}

/** The address must be loopback; and the name too, or a web page could reach here by a name that resolves to it. */
function isLocal(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const loopback = address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
  return loopback && (host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host));
}
