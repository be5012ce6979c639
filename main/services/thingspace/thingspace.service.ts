import { carrierRequests } from '../../../shared/domain/carrier-request';
import { fail, ok } from '../../../shared/domain/result';
import { isoTime, type Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import type { Json } from '../../lib/redact';
import type { CredentialsService } from '../credentials/types';
import type { Provider } from '../devices/types';
import type { ProxySettings } from './agents';
import {
  anySchema,
  deletedSchema,
  deviceListSchema,
  historySchema,
  requestIdSchema,
  type WireDeleted,
  type WireDeviceList,
} from './answers';
import { registerListener } from './callback-registration';
import { callCarrier, type CallerDeps, type CallSpec } from './caller';
import { callFault } from './faults';
import { listAllLines, PAGE_LINES } from './line-list';
import { createSignIn, type SignedIn, type SignIn } from './sign-in';
import { pickDevice } from './thingspace.rules';
import type { CarrierCall, CarrierLine, LoginGuard, ThingSpaceService } from './types';
import { createWire, DEFAULT_TIMEOUTS, type Timeouts } from './wire';

export interface ThingSpaceDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly credentials: Pick<CredentialsService, 'load'>;
  readonly loginGuard: LoginGuard;
  readonly timeouts?: Partial<Timeouts>;
  /** The system's proxy; never used for a carrier on this computer. */
  readonly proxy?: ProxySettings | null;
}

const DEVICE_LIST_PATH = '/api/m2m/v1/devices/actions/list';
const HISTORY_PATH = '/api/m2m/v1/devices/history/actions/list';
/** As far back as a line's warranty matters; the carrier names no limit, and sends 500 events at most. */
const HISTORY_MS = 5 * 365 * 24 * 60 * 60_000;
const LOGOUT_PATH = '/api/m2m/v1/session/logout';

export function createThingSpaceService(deps: ThingSpaceDeps): ThingSpaceService {
  const { clock, ids, proxy = null } = deps;
  const wire = createWire(clock, { ...DEFAULT_TIMEOUTS, ...deps.timeouts }, proxy);
  const signIns = new Map<string, SignIn>();

  /** One sign-in for each provider and server: a changed address never receives what the old one gave. */
  function signInOf(provider: Provider): SignIn {
    const key = `${provider.uid} ${provider.baseUrl}`;
    const known = signIns.get(key);
    if (known !== undefined) return known;
    const made = createSignIn({ ...deps, wire }, provider);
    signIns.set(key, made);
    return made;
  }

  function call<T>(provider: Provider, spec: CallSpec<T>, correlationId = ids.uid()): Promise<CarrierCall<T>> {
    return callCarrier({ clock, wire }, provider, signInOf(provider), spec, correlationId);
  }

  const listPage = (provider: Provider, cursor: number): Promise<CarrierCall<WireDeviceList>> =>
    call(provider, listCall(provider, { largestDeviceIdSeen: cursor, maxNumberOfDevices: PAGE_LINES }));

  const findLine: ThingSpaceService['findLine'] = async (provider, by) =>
    foundLine(await call(provider, listCall(provider, { deviceId: { id: by.id, kind: by.kind } })), by);

  return {
    ...carrierRequests,
    async ensureSession(provider) {
      const signedIn = await signInOf(provider).ensure();
      return signedIn.ok ? ok(undefined) : fail({ ...signedIn.error, correlationId: ids.uid() });
    },
    swap: (provider, { method, path, body }, correlationId) =>
      call(provider, { method, path, body: { ...body }, schema: requestIdSchema }, correlationId),
    findLine,
    history: (provider, by) => call(provider, historyCall(by, clock.now())),
    async deleteLine(provider, by) {
      const { method, path, body } = carrierRequests.deleteRequest(by);
      const done = await call(provider, { method, path, body: { ...body }, schema: deletedSchema });
      const outcome = deleted(done);
      if (outcome.result.ok || outcome.result.error.class !== 'api_permanent') return outcome;
      // The answer has no code. A line that is not there any more is what was wanted.
      const left = await findLine(provider, by);
      return left.result.ok && left.result.value === null ? { ...outcome, result: ok(undefined) } : outcome;
    },
    listLines: (provider, signal) => listAllLines({ clock, ids, page: listPage }, provider, signal),
    registerCallback: (provider, url, username, password) =>
      registerListener({ log: deps.log, call }, provider, { url, username, password }),
    async test(provider) {
      const signedIn = await signInOf(provider).tryOnce();
      if (!signedIn.ok) return fail({ ...signedIn.error, correlationId: ids.uid() });
      await logOut({ ...deps, wire }, provider, signedIn.value);
      return ok(undefined);
    },
    async close() {
      signIns.clear();
      wire.close();
    },
  };
}

function listCall(provider: Provider, which: Readonly<Record<string, Json>>): CallSpec<WireDeviceList> {
  const body = { accountName: provider.account, ...which };
  return { method: 'POST', path: DEVICE_LIST_PATH, body, schema: deviceListSchema };
}

function historyCall(by: { readonly kind: string; readonly id: string }, now: number) {
  const body = {
    deviceId: { id: by.id, kind: by.kind },
    earliest: isoTime(now - HISTORY_MS),
    latest: isoTime(now),
  };
  return { method: 'POST', path: HISTORY_PATH, body, schema: historySchema } as const;
}

/** Politeness: a session that is not logged out ends by itself, so its failure is none. */
async function logOut(deps: CallerDeps & Pick<ThingSpaceDeps, 'ids' | 'log'>, provider: Provider, signedIn: SignedIn) {
  const once: SignIn = {
    ensure: async () => ok(signedIn),
    refused: () => undefined,
    used: () => undefined,
    tryOnce: async () => ok(signedIn),
  };
  const spec = { method: 'POST', path: LOGOUT_PATH, body: null, schema: anySchema } as const;
  const { result } = await callCarrier(deps, provider, once, spec, deps.ids.uid());
  if (!result.ok) deps.log.warn('the session could not be logged out', { code: result.error.code });
}

/** The answer names each device's own outcome. */
function deleted(call: CarrierCall<WireDeleted>): CarrierCall<void> {
  const { result, record } = call;
  if (!result.ok) return { result: fail(result.error), record };
  const refused = result.value.find((entry) => entry.status.toLowerCase() !== 'success');
  if (refused === undefined) return { result: ok(undefined), record };
  const message = `The carrier did not delete the line. It says: "${(refused.message ?? 'nothing').slice(0, 300)}".`;
  return { result: fail(callFault(record, { class: 'api_permanent', code: 'line-not-deleted', message })), record };
}

/** The one line of a list that was asked for by an identifier. */
function foundLine(
  call: CarrierCall<WireDeviceList>,
  by: { readonly kind: string; readonly id: string },
): CarrierCall<CarrierLine | null> {
  const { result, record } = call;
  if (!result.ok) {
    const unknownLine = result.error.code === 'REQUEST_FAILED.DeviceNotFound' && result.error.class === 'api_permanent';
    return { result: unknownLine ? ok(null) : result, record };
  }
  const { devices } = result.value;
  const line = pickDevice(devices, by);
  const unusable = line === 'ambiguous' || (line === null && devices.length > 0);
  if (!unusable) return { result: ok(line), record };
  const message =
    line === 'ambiguous'
      ? 'The carrier lists several active lines with this identifier.'
      : 'The carrier answered with other lines than the one that was asked for.';
  return { result: fail(callFault(record, { class: 'api_unknown', code: 'answer-unexpected', message })), record };
}
