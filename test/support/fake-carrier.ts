import type { SwapRequest } from '../../shared/domain/carrier-request';
import type { IdentifierPair } from '../../shared/domain/change';
import { fail, ok } from '../../shared/domain/result';
import type { DeviceChange, Evidence, EvidenceSource } from '../../main/services/changes';
import type { Provider } from '../../main/services/devices/types';
import type { CallFault, CarrierCall, CarrierLine, ThingSpaceService } from '../../main/services/thingspace/types';

/** What happens to one PUT. */
export type Fate =
  | 'accepted'
  /** The request id is answered, the carrier does nothing. */
  | 'accepted-and-forgotten'
  | 'rate-limited'
  | 'refused-for-now'
  | 'refused-for-good'
  | 'unknown-code'
  | 'unreachable'
  | 'failed-before'
  | 'changed-then-failed'
  | 'login-refused';

export interface FakeCarrier
  extends
    Pick<
      ThingSpaceService,
      'ensureSession' | 'swap' | 'swapRequest' | 'registerCallback' | 'findLine' | 'history' | 'deleteLine'
    >,
    EvidenceSource {
  /** Line number → what the carrier has now. */
  readonly lines: Map<number, IdentifierPair>;
  /** Old identifier → how often a swap of it was carried out; 2 would be a double. */
  readonly applied: Map<string, number>;
  readonly calls: { readonly correlationId: string; readonly fate: Fate; readonly old: string }[];
  /** Chooses the next fate; set by the test. */
  fate: (call: number, old: string) => Fate;
  /** Called with the wire open, before anything happens: a test may die here. */
  onWire: (old: string) => Promise<void> | void;
  sessionFault: CallFault | null;
  /** Identifiers of deactivated lines that were deleted. */
  readonly deleted: string[];
  /** Why a deactivated line is not deleted; null: it is. */
  deleteFault: CallFault | null;
  /** ICCIDs of lines that are on the network. */
  readonly connected: Set<string>;
  readBackFault: (row: DeviceChange) => CallFault | null;
  /** Why the account may not ask for a line's history; null: it may. */
  historyFault: CallFault | null;
}

export function callFault(part: Partial<CallFault> & Pick<CallFault, 'class' | 'code'>): CallFault {
  return {
    message: `${part.code} happened`,
    correlationId: 'carrier',
    retryAfterMs: null,
    httpStatus: null,
    stopsProvider: false,
    unknownCode: false,
    ...part,
  };
}

const FAULTS: Readonly<Record<Exclude<Fate, 'accepted' | 'accepted-and-forgotten'>, CallFault>> = {
  'rate-limited': callFault({ class: 'api_transient', code: '429', httpStatus: 429, retryAfterMs: 100 }),
  'refused-for-now': callFault({ class: 'api_transient', code: 'REQUEST_ONHOLD.Busy', httpStatus: 400 }),
  'refused-for-good': callFault({ class: 'api_permanent', code: 'INPUT_INVALID.DeviceId', httpStatus: 400 }),
  'unknown-code': callFault({ class: 'api_permanent', code: 'WHO.Knows', httpStatus: 400, unknownCode: true }),
  unreachable: callFault({ class: 'api_transient', code: 'connection-refused' }),
  'failed-before': callFault({ class: 'api_unknown', code: 'http-500', httpStatus: 500 }),
  'changed-then-failed': callFault({ class: 'api_unknown', code: 'connection-reset' }),
  'login-refused': callFault({ class: 'auth', code: 'INVALID_CREDENTIALS', httpStatus: 401, stopsProvider: true }),
};

/** An honest carrier in memory: it keeps its own truth and does to each PUT what the test's fate says. */
export function createFakeCarrier(): FakeCarrier {
  let requests = 0;
  const record = (correlationId: string, path: string, httpStatus: number | null) => ({
    correlationId,
    method: 'PUT',
    path,
    request: {},
    httpStatus,
    response: null,
    startedAt: 0,
    durationMs: 1,
  });
  const carrier: FakeCarrier = {
    lines: new Map(),
    applied: new Map(),
    calls: [],
    fate: () => 'accepted',
    onWire: () => undefined,
    sessionFault: null,
    deleted: [],
    deleteFault: null,
    connected: new Set(),
    readBackFault: () => null,
    historyFault: null,

    swapRequest: (provider, row): SwapRequest => ({
      method: 'PUT',
      path: `/api/m2m/v1/devices/${provider.serviceType}/actions/deviceId`,
      body: {
        deviceIds: idsOf(row.old),
        deviceIdsTo: idsOf(row.new),
        change4gOption: row.type,
        ...(row.servicePlan === undefined ? {} : { servicePlan: row.servicePlan }),
      },
    }),
    ensureSession: async () => (carrier.sessionFault === null ? ok(undefined) : fail(carrier.sessionFault)),
    registerCallback: async () => ok(undefined),
    async swap(_provider, request, correlationId): Promise<CarrierCall<{ requestId: string }>> {
      const old = request.body.deviceIds[0]?.id ?? '';
      const fate = carrier.fate(carrier.calls.length, old);
      carrier.calls.push({ correlationId, fate, old });
      await carrier.onWire(old);
      if (fate === 'accepted' || fate === 'changed-then-failed') change(carrier, request);
      if (fate === 'accepted' || fate === 'accepted-and-forgotten') {
        requests += 1;
        return { result: ok({ requestId: `request-${requests}` }), record: record(correlationId, request.path, 200) };
      }
      const fault = FAULTS[fate];
      return { result: fail(fault), record: record(correlationId, request.path, fault.httpStatus) };
    },

    async findLine(_provider, by) {
      const found = [...carrier.lines.values()].find((pair) => pair.iccid === by.id || pair.imei === by.id);
      return {
        result: ok(found === undefined ? null : lineOf(found, carrier.connected)),
        record: record('find', '/devices/actions/list', 200),
      };
    },
    async history() {
      const asked = record('history', '/devices/history/actions/list', 200);
      if (carrier.historyFault !== null) return { result: fail(carrier.historyFault), record: asked };
      const event = { occurredAt: '2025-02-03T10:11:12Z', eventType: 'Activate', status: 'Success' };
      return {
        result: ok({ events: [{ ...event, servicePlan: 'M2M4G5MB', mdn: null }], isWhole: true }),
        record: asked,
      };
    },
    async deleteLine(_provider, by) {
      const asked = record('delete', '/devices/actions/delete', 200);
      if (carrier.deleteFault !== null) return { result: fail(carrier.deleteFault), record: asked };
      carrier.deleted.push(by.id);
      return { result: ok(undefined), record: asked };
    },

    hasCallback: async () => false,
    confirm: async (_provider: Provider, row: DeviceChange): Promise<Evidence> => readBack(carrier, row, record),
  };
  return carrier;
}

function lineOf(pair: IdentifierPair, connected: ReadonlySet<string>): CarrierLine {
  return {
    ...{ iccid: pair.iccid ?? '', imei: pair.imei ?? null, mdn: null, eid: null, status: 'active' },
    ...{ carrierPlan: null, lastConnectionAt: null, customer: null, ratePlan: null, ratePool: null },
    ...{ identifiers: {}, connected: connected.has(pair.iccid ?? '') },
  };
}

function idsOf(pair: IdentifierPair): { id: string; kind: string }[] {
  return [
    ...(pair.imei === undefined ? [] : [{ id: pair.imei, kind: 'imei' }]),
    ...(pair.iccid === undefined ? [] : [{ id: pair.iccid, kind: 'iccid' }]),
  ];
}

function change(carrier: FakeCarrier, request: SwapRequest): void {
  const old = request.body.deviceIds[0]?.id ?? '';
  carrier.applied.set(old, (carrier.applied.get(old) ?? 0) + 1);
  for (const [line, pair] of carrier.lines) {
    if (pair.iccid !== old && pair.imei !== old) continue;
    const to = Object.fromEntries(request.body.deviceIdsTo.map((id) => [id.kind, id.id]));
    carrier.lines.set(line, { ...pair, ...to });
  }
}

function readBack(
  carrier: FakeCarrier,
  row: DeviceChange,
  record: (correlationId: string, path: string, httpStatus: number | null) => Evidence['calls'][number],
): Evidence {
  const fault = carrier.readBackFault(row);
  if (fault !== null) {
    const decision = { kind: 'wait', runAt: null, fault, detail: 'could not ask' } as const;
    return { decision, calls: [record('ask', '/devices/actions/list', fault.httpStatus)] };
  }
  const now = carrier.lines.get(row.deviceId);
  const has = (pair: IdentifierPair): boolean =>
    (pair.iccid === undefined || pair.iccid === now?.iccid) && (pair.imei === undefined || pair.imei === now?.imei);
  const calls = [record('ask', '/devices/actions/list', 200)];
  if (has(row.new)) return { decision: { kind: 'changed', proof: 'read_back', detail: 'new there' }, calls };
  if (has(row.old)) return { decision: { kind: 'not_changed', proof: 'read_back', detail: 'old there' }, calls };
  return { decision: { kind: 'needs_person', fault: null, detail: 'neither' }, calls };
}
