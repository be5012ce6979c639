/** Listeners, plans, plan change, delete and request status: the endpoints around the swap. */
import { ok, refusal, refused, type Answer } from './answers';
import type { Carrier } from './carrier';
import type { Courier } from './courier';
import { CALLBACK_PORTS, CALLBACK_SERVICES, DEVICES_PER_REQUEST, planNotFound, SERVICE_PLANS } from './facts';
import type { Line } from './fleet';
import { isObject, listOf, textOf } from './json';
import { accept, begin, type Directives } from './operations';
import { registrationKey } from './state';
import { checkBody, findLine, isPlan, readIdentifiers, type Result } from './swap-rules';

const unknownAccount = (): Answer => refused(refusal('accountNotFound', 'REQUEST_FAILED. The account was not found.'));

/** `POST /callbacks/{account}`: one listener for each service (VZ Register Callback Listener). */
export function registerCallback(carrier: Carrier, own: string, account: string, body: unknown): Answer {
  if (account !== own) return unknownAccount();
  const service = isObject(body) ? textOf(body['name']) : undefined;
  const url = isObject(body) ? textOf(body['url']) : undefined;
  if (!isObject(body) || service === undefined || url === undefined || !CALLBACK_SERVICES.includes(service))
    return refused(refusal('unexpected', 'REQUEST_FAILED. The service name or the URL is missing or unknown.'));
  const port = listenerPort(url);
  if (port === undefined) return refused(refusal('unexpected', 'REQUEST_FAILED. The URL is not valid.'));
  const allowed = CALLBACK_PORTS.some(([first, last]) => port >= first && port <= last);
  if (carrier.settings.strictPorts && !allowed)
    return refused({ code: carrier.settings.codes.callbackPort, message: 'INPUT_INVALID. The port is not allowed.' });
  const username = textOf(body['username']) ?? '';
  const password = textOf(body['password']) ?? '';
  carrier.record({ type: 'registration', account, service, url, username, password });
  return ok({ accountName: account, serviceName: service });
}

function listenerPort(url: string): number | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, port } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  return port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port);
}

/** `GET /callbacks/{account}`. */
export function listCallbacks(carrier: Carrier, own: string, account: string): Answer {
  if (account !== own) return unknownAccount();
  const registrations = [...carrier.state.registrations.values()].filter((entry) => entry.account === account);
  return ok(
    registrations.map(({ service, url, username, password }) => ({
      accountName: account,
      serviceName: service,
      url,
      ...(username === '' ? {} : { username }),
      ...(password === '' ? {} : { password }),
    })),
  );
}

/** `DELETE /callbacks/{account}/name/{service}`. */
export function deregisterCallback(carrier: Carrier, own: string, account: string, service: string): Answer {
  if (account !== own) return unknownAccount();
  if (!carrier.state.registrations.has(registrationKey(account, service)))
    return refused({ code: carrier.settings.codes.callbackMissing, message: 'REQUEST_FAILED. No such listener.' });
  carrier.record({ type: 'registration', account, service, url: null, username: '', password: '' });
  return ok({ accountName: account, serviceName: service });
}

/** `GET /plans/{account}`. */
export function listPlans(own: string, account: string): Answer {
  if (account !== own) return unknownAccount();
  return ok(SERVICE_PLANS.map((plan) => ({ ...plan, extendedAttributes: [] })));
}

/**
 * `GET /accounts/{account}/requests/{id}/status`: documented for activate, deactivate, suspend and resume only, and not
 * for "asynchronous requests for other APIs". The setting `requestStatus` makes it answer, as one integrator saw it.
 */
export function requestStatus(carrier: Carrier, own: string, account: string, requestId: string): Answer {
  if (account !== own) return unknownAccount();
  const status = carrier.state.requestStatus.get(requestId);
  if (status === undefined || carrier.settings.requestStatus === 'error')
    return refused(refusal('unexpected', 'REQUEST_FAILED. The status of this request is not available.'));
  return ok({ requestId, status });
}

/** `PUT /devices/actions/plan`: one request id, one callback for each device (VZ Change Device Service Plan). */
export function changePlan(
  context: { readonly carrier: Carrier; readonly courier: Courier },
  own: string,
  body: unknown,
  directives: Directives,
): Answer {
  const { carrier } = context;
  const fault = checkBody(body);
  if (fault !== undefined || !isObject(body)) return refused(fault ?? refusal('unreadable', 'Not an object.'));
  const servicePlan = textOf(body['servicePlan']);
  if (servicePlan === undefined) return refused(refusal('unexpected', 'REQUEST_FAILED. The service plan is missing.'));
  if (!isPlan(servicePlan))
    return refused({ code: planNotFound(servicePlan), message: 'REQUEST_FAILED. The service plan was not found.' });
  const current = textOf(body['currentServicePlan']);
  const lines =
    body['devices'] === undefined ? linesOfAccount(carrier, own, body) : readLines(carrier, own, body['devices']);
  if (!lines.ok) return refused(lines.refusal);
  const chosen = lines.value.filter((line) => current === undefined || line.servicePlan === current);
  const requestId = carrier.newId();
  const starts = chosen.map((line) => {
    const operation = accept(carrier, {
      action: 'plan',
      account: own,
      line,
      change: { servicePlan },
      directives,
      requestId,
    });
    return begin(context, operation, directives);
  });
  return ok({ requestId }, () => starts.forEach((start) => start.afterAnswer()));
}

function linesOfAccount(carrier: Carrier, own: string, body: Readonly<Record<string, unknown>>): Result<Line[]> {
  const named = textOf(body['accountName']) ?? own;
  if (named !== own)
    return { ok: false, refusal: refusal('accountNotFound', 'REQUEST_FAILED. The account was not found.') };
  return { ok: true, value: carrier.state.lines.all().filter((line) => line.account === own) };
}

function readLines(carrier: Carrier, own: string, content: unknown): Result<Line[]> {
  const items = listOf(content);
  if (items === undefined || items.length === 0)
    return { ok: false, refusal: refusal('unexpected', 'REQUEST_FAILED. Devices are missing.') };
  if (items.length > DEVICES_PER_REQUEST)
    return { ok: false, refusal: refusal('tooManyDevices', 'INPUT_INVALID. Too many devices in the request.') };
  const lines: Line[] = [];
  for (const item of items) {
    const named = readIdentifiers(isObject(item) ? item['deviceIds'] : undefined);
    if (!named.ok) return named;
    const line = findLine(carrier.state.lines, own, named.value);
    if (!line.ok) return line;
    lines.push(line.value);
  }
  return { ok: true, value: lines };
}

/** `POST /devices/actions/delete`: frees the identifiers of deactivated lines; answers a list, one entry a device. */
export function deleteDevices(carrier: Carrier, own: string, body: unknown): Answer {
  const fault = checkBody(body);
  if (fault !== undefined || !isObject(body)) return refused(fault ?? refusal('unreadable', 'Not an object.'));
  const items = listOf(body['devicesToDelete']);
  if (items === undefined) return refused(refusal('unexpected', 'REQUEST_FAILED. Devices are missing.'));
  if (items.length > DEVICES_PER_REQUEST)
    return refused(refusal('tooManyDevices', 'INPUT_INVALID. Too many devices in the request.'));
  return ok(items.map((item) => deleteDevice(carrier, own, item)));
}

function deleteDevice(carrier: Carrier, own: string, item: unknown): unknown {
  const named = readIdentifiers(isObject(item) ? item['deviceIds'] : undefined);
  if (!named.ok) return { status: 'Failed', message: named.refusal.message };
  const deviceIds = named.value[0];
  const line = findLine(carrier.state.lines, own, named.value);
  if (!line.ok) return { deviceIds, status: 'Failed', message: line.refusal.message };
  if (line.value.state !== 'deactive')
    return { deviceIds, status: 'Failed', message: 'The device is not in Deactive state.' };
  carrier.record({ type: 'line-removed', deviceId: line.value.deviceId });
  return { deviceIds, status: 'Success' };
}
