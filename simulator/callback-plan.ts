/** Which messages a finished operation sends, and when: pure, so that every fault of a callback is one case here. */
import { CARRIER_SERVICE, CODES, SERVICE_PREFIX } from './facts';
import type { Line } from './fleet';
import type { CallbackFault, OperationFault } from './fault-kinds';
import type { CallbackRecord, Operation } from './records';

/** How an operation ended: with the line as it was before, and the code of its failure or null. */
export interface Outcome {
  readonly operation: Operation;
  readonly lineBefore: Line | undefined;
  readonly code: string | null;
}

type Fault<K extends string> = Extract<CallbackFault | OperationFault, { kind: K }>;

export function faultOf<K extends CallbackFault['kind'] | OperationFault['kind']>(
  operation: Operation,
  kind: K,
): Fault<K> | undefined {
  return operation.faults.find((fault): fault is Fault<K> => fault.kind === kind);
}

/** The callbacks in the order of their sending, ids and numbers still to be given. */
export function planCallbacks(outcome: Outcome, newId: () => string, nowMs: number): CallbackRecord[] {
  const { operation } = outcome;
  const base = makeCallback(outcome, newId(), nowMs);
  if (faultOf(operation, 'callback-lost') !== undefined || faultOf(operation, 'not-applied')?.says === 'nothing')
    return [{ ...base, status: 'lost' }];
  const opposite = { ...outcome, code: outcome.code === null ? CODES.unexpected : null };
  let callbacks = [base];
  const contradict = faultOf(operation, 'callback-contradict');
  if (contradict !== undefined) {
    const lie = makeCallback(opposite, newId(), nowMs);
    const later = { ...lie, nextAtMs: lie.nextAtMs + (contradict.afterMs ?? 0) };
    callbacks = contradict.mode === 'instead' ? [later] : [base, later];
  }
  const double = faultOf(operation, 'callback-double');
  if (double !== undefined) {
    const copies = Array.from({ length: (double.times ?? 2) - 1 }, (_, index) =>
      callbacks.map((callback) => ({
        ...callback,
        id: newId(),
        nextAtMs: callback.nextAtMs + (index + 1) * (double.everyMs ?? 0),
      })),
    );
    callbacks = [...callbacks, ...copies.flat()];
  }
  const forged = faultOf(operation, 'callback-forged');
  if (forged !== undefined) {
    // A forger who knows the request id, says the opposite, and does not know the credentials.
    const forgery = { ...makeCallback(opposite, newId(), nowMs), forged: true };
    callbacks = forged.mode === 'instead' ? [forgery] : [forgery, ...callbacks];
  }
  return callbacks.map((callback) => timed(callback, operation));
}

function timed(callback: CallbackRecord, operation: Operation): CallbackRecord {
  const delay = faultOf(operation, 'callback-delay');
  const reorder = faultOf(operation, 'callback-reorder');
  const nextAtMs = callback.nextAtMs + (delay?.ms ?? 0);
  if (reorder === undefined) return { ...callback, nextAtMs };
  return { ...callback, status: 'held', nextAtMs: nextAtMs + (reorder.holdMs ?? 5000) };
}

function makeCallback(outcome: Outcome, id: string, nowMs: number): CallbackRecord {
  const { operation } = outcome;
  return {
    type: 'callback',
    id,
    requestId: operation.requestId,
    line: operation.line,
    account: operation.account,
    service: CARRIER_SERVICE,
    body: callbackBody(outcome),
    forged: false,
    attempts: 0,
    nextAtMs: Math.max(operation.callbackAtMs, nowMs),
    status: 'pending',
  };
}

/**
 * The message without credentials and counts. Failure: VZ Callback Error Messages. Success: `changeIdentifierResponse`
 * comes from a design mock-up only, and the name for a plan change is INVENTED after it.
 */
function callbackBody({ operation, lineBefore, code }: Outcome): Record<string, unknown> {
  const { requestId, change } = operation;
  const deviceIds = lineBefore === undefined ? [] : knownIds(lineBefore);
  if (code !== null) {
    const faultResponse = {
      faultcode: SERVICE_PREFIX + code,
      faultstring: 'REQUEST_FAILED. Could not complete request.',
    };
    return { requestId, deviceIds, faultResponse, status: 'Failed' };
  }
  const servicePlan = change.servicePlan === undefined ? {} : { servicePlan: change.servicePlan };
  if (operation.action === 'plan')
    return { requestId, deviceIds, deviceResponse: { changeServicePlanResponse: servicePlan }, status: 'Success' };
  const newIds = [
    ...(change.imei === undefined ? [] : [{ id: change.imei, kind: 'imei' }]),
    ...(change.iccid === undefined ? [] : [{ id: change.iccid, kind: 'iccid' }]),
  ];
  const response = { changeIdentifierResponse: { deviceIds: newIds, ...servicePlan } };
  return { requestId, deviceIds, deviceResponse: response, status: 'Success' };
}

/** The line as ThingSpace knew it; kinds begin with a capital in callbacks (VZ Callback Error Messages). */
function knownIds(line: Line): { id: string; kind: string }[] {
  return [
    { id: line.iccid, kind: 'Iccid' },
    { id: line.imei, kind: 'Imei' },
    ...(line.mdn === null ? [] : [{ id: line.mdn, kind: 'Mdn' }]),
  ];
}
