/**
 * A swap or plan change from its acceptance to its callback:
 *
 *   request → accepted (operation written) → carried out (swap or refusal written) → callback written → delivered
 *
 * Each arrow is a record in the state file before anyone outside learns of it; a restart goes on from any of them.
 */
import { ok, refused, type Answer, type Refusal } from './answers';
import { faultOf, planCallbacks, type Outcome } from './callback-plan';
import type { Carrier } from './carrier';
import { drawBetween } from './chance';
import type { Courier } from './courier';
import { CODES, PLAN_CHANGES_PER_MONTH, PLAN_MONTH_MS } from './facts';
import type { CallbackFault, OperationFault } from './fault-kinds';
import { isoTime, type Line } from './fleet';
import type { CallbackRecord, IdentifierChange, Operation } from './records';
import { operationKey } from './state';
import { checkLine, checkNewIdentifiers, findLine, readIdentifiers, readSwap, type SwapRequest } from './swap-rules';
import { isObject } from './json';

/** What the faults of a request ask of its operation. */
export interface Directives {
  /** The change is made before the answer goes (or fails to go) out. */
  readonly applyNow: boolean;
  /** The change is made this much later, whatever the latency. */
  readonly applyAfterMs?: number;
  readonly faults: readonly (CallbackFault | OperationFault)[];
}

interface Context {
  readonly carrier: Carrier;
  readonly courier: Courier;
}

/** `PUT /devices/{serviceType}/actions/deviceId` (VZ Change Device Identifier). */
export async function requestSwap(
  { carrier, courier }: Context,
  account: string,
  serviceType: string,
  body: unknown,
  directives: Directives,
): Promise<Answer> {
  const request = readSwap(serviceType, body);
  if (!request.ok) return refuse(carrier, account, body, request.refusal);
  const line = findLine(carrier.state.lines, account, request.value.named);
  if (!line.ok) return refuse(carrier, account, body, line.refusal);
  const refusal = refusalInAnswer(carrier, line.value, request.value);
  if (refusal !== undefined) return refuse(carrier, account, body, refusal);
  const { to, servicePlan } = request.value;
  const change = servicePlan === undefined ? to : { ...to, servicePlan };
  const operation = accept(carrier, { action: 'swap', account, line: line.value, change, directives });
  const start = begin({ carrier, courier }, operation, directives);
  if (faultOf(operation, 'callback-before-answer') !== undefined) {
    await Promise.all(start.now().map((callback) => courier.deliver(callback.id)));
    return ok({ requestId: operation.requestId });
  }
  return ok({ requestId: operation.requestId }, start.afterAnswer);
}

/** Rules broken by a readable request show in the answer or in the callback, as the setting says. */
function refusalInAnswer(carrier: Carrier, line: Line, request: SwapRequest): Refusal | undefined {
  const { ruleFailures, codes } = carrier.settings;
  if (ruleFailures === 'callback') return undefined;
  const ofLine = checkLine(line);
  if (ofLine !== undefined || ruleFailures === 'mixed') return ofLine;
  return checkNewIdentifiers(carrier.state.lines, request.to, codes);
}

/** Refused in the answer; the record still says which line was meant, as far as that can be known. */
function refuse(carrier: Carrier, account: string, body: unknown, refusal: Refusal): Answer {
  const named = isObject(body) ? readIdentifiers(body['deviceIds']) : undefined;
  const wanted = isObject(body) ? readIdentifiers(body['deviceIdsTo']) : undefined;
  const first = named?.ok === true ? named.value[0] : undefined;
  const line = first === undefined ? undefined : carrier.state.lines.findEver(first);
  const to = wanted?.ok === true ? wanted.value : [];
  carrier.record({
    type: 'refusal',
    requestId: null,
    at: carrier.isoNow(),
    account,
    line: line === undefined ? null : String(line.deviceId),
    to: Object.fromEntries(to.map(({ kind, id }) => [kind, id])),
    code: refusal.code,
    outcome: 'refused',
  });
  return refused(refusal);
}

/** Writes the accepted operation down, with the times at which it will be carried out and reported. */
export function accept(
  carrier: Carrier,
  request: Pick<Operation, 'action' | 'account' | 'change'> & {
    readonly line: Line;
    readonly directives: Directives;
    readonly requestId?: string;
  },
): Operation {
  const { directives } = request;
  const now = carrier.now();
  carrier.accepted += 1;
  const [least, most] = carrier.latencyMs;
  const latencyMs = drawBetween(carrier.state.meta.seed, 'latency', carrier.accepted, least, most);
  const applyAtMs = directives.applyNow ? now : now + (directives.applyAfterMs ?? latencyMs);
  const operation: Operation = {
    type: 'operation',
    requestId: request.requestId ?? carrier.newId(),
    action: request.action,
    account: request.account,
    line: String(request.line.deviceId),
    acceptedAt: isoTime(now),
    applyAtMs,
    callbackAtMs: Math.max(applyAtMs, now + latencyMs),
    change: request.change,
    faults: directives.faults,
  };
  carrier.record(operation);
  return operation;
}

/** Starts an accepted operation: what is due is carried out at once, its callbacks leave after the answer. */
export function begin(
  context: Context,
  operation: Operation,
  directives: Directives,
): { readonly now: () => CallbackRecord[]; readonly afterAnswer: () => void } {
  const { carrier, courier } = context;
  const key = operationKey(operation.requestId, operation.line);
  if (directives.applyNow || operation.applyAtMs <= carrier.now()) {
    const callbacks = carryOut(carrier, key);
    return { now: () => callbacks, afterAnswer: () => courier.scheduleAll(callbacks) };
  }
  return { now: () => carryOut(carrier, key), afterAnswer: () => schedule(context, operation) };
}

/** Carries the operation out when its time has come. */
export function schedule({ carrier, courier }: Context, operation: Operation): void {
  const key = operationKey(operation.requestId, operation.line);
  carrier.clock.at(operation.applyAtMs, () => courier.scheduleAll(carryOut(carrier, key)));
}

/** Makes the change, or finds that it cannot be made, and writes the callbacks that say so. */
export function carryOut(carrier: Carrier, key: string): CallbackRecord[] {
  const operation = carrier.state.operations.get(key);
  if (operation === undefined) return [];
  const line = carrier.state.lines.byDeviceId(Number(operation.line));
  const silent = faultOf(operation, 'not-applied') !== undefined;
  const code = silent ? null : failureOf(carrier, operation, line);
  if (code !== null) recordFailure(carrier, operation, code);
  else if (!silent && line !== undefined) recordChange(carrier, operation, line);
  return report(carrier, { operation, lineBefore: line, code });
}

/** Writes the callbacks of an operation that was carried out. */
export function report(carrier: Carrier, outcome: Outcome): CallbackRecord[] {
  const callbacks = planCallbacks(outcome, () => carrier.newId(), carrier.now());
  for (const callback of callbacks) carrier.record(callback);
  return callbacks;
}

function failureOf(carrier: Carrier, operation: Operation, line: Line | undefined): string | null {
  const wanted = faultOf(operation, 'callback-fail');
  if (wanted !== undefined) return wanted.code ?? CODES.unexpected;
  if (line === undefined) return CODES.deviceNotFound;
  if (operation.action === 'plan') return planFailure(carrier, line);
  const { lines } = carrier.state;
  // Again, now that it is to be done: another swap may have taken the identifier in the meantime.
  return (checkLine(line) ?? checkNewIdentifiers(lines, operation.change, carrier.settings.codes))?.code ?? null;
}

function planFailure(carrier: Carrier, line: Line): string | null {
  if (line.state !== 'active') return CODES.stateInvalid;
  const since = carrier.now() - PLAN_MONTH_MS;
  const recent = line.planChangedAt.filter((at) => Date.parse(at) > since);
  return recent.length >= PLAN_CHANGES_PER_MONTH ? carrier.settings.codes.planChangeLimit : null;
}

function recordChange(carrier: Carrier, operation: Operation, line: Line): void {
  const { requestId, account, change } = operation;
  const common = { requestId, at: carrier.isoNow(), account, line: operation.line };
  if (operation.action === 'plan') {
    const to = change.servicePlan ?? line.servicePlan;
    carrier.record({ type: 'plan-change', ...common, from: line.servicePlan, to });
  } else {
    const { servicePlan, ...to } = change;
    const plan = servicePlan === undefined ? {} : { servicePlan };
    const from = previous(line, to);
    carrier.record({ type: 'swap', ...common, mdn: line.mdn, from, to, ...plan, outcome: 'applied' });
  }
  carrier.writeLine(line.deviceId);
}

function recordFailure(carrier: Carrier, operation: Operation, code: string): void {
  const { requestId, account, line, change } = operation;
  const { servicePlan: _plan, ...to } = change;
  carrier.record({ type: 'refusal', requestId, at: carrier.isoNow(), account, line, to, code, outcome: 'failed' });
}

function previous(line: Line, to: IdentifierChange): IdentifierChange {
  return {
    ...(to.iccid === undefined ? {} : { iccid: line.iccid }),
    ...(to.imei === undefined ? {} : { imei: line.imei }),
  };
}
