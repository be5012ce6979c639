/** The rules of a swap, as pure decisions (VZ Change Device Identifier, Service Provisioning Rules). */
import { refusal, type Refusal } from './answers';
import { planNotFound, SERVICE_PLANS, SWAP_OPTIONS, type InventedCodes } from './facts';
import type { Line } from './fleet';
import { fitsKind, parseKind, type Identifier } from './identifiers';
import { isObject, listOf, someText, textOf } from './json';
import type { LineStore } from './lines';
import type { IdentifierChange } from './records';

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };
const good = <T>(value: T): Result<T> => ({ ok: true, value });
const bad = (value: Refusal): Result<never> => ({ ok: false, refusal: value });

export interface SwapRequest {
  readonly named: readonly Identifier[];
  readonly to: IdentifierChange;
  readonly servicePlan: string | undefined;
}

/** Form of a device request: there is a body, and no character that ThingSpace refuses. */
export function checkBody(body: unknown): Refusal | undefined {
  if (body === undefined) return refusal('emptyBody', 'INPUT_INVALID. The request is empty.');
  if (!isObject(body)) return refusal('unreadable', 'The request could not be read.');
  if (someText(body, (text) => /['<\\]/.test(text)))
    return refusal('invalidCharacter', 'INPUT_INVALID. The request contains an invalid character.');
  return undefined;
}

/** A list of `{id, kind}`. */
export function readIdentifiers(content: unknown): Result<Identifier[]> {
  const items = listOf(content);
  if (items === undefined || items.length === 0)
    return bad(refusal('unexpected', 'REQUEST_FAILED. Device identifiers are missing.'));
  const identifiers: Identifier[] = [];
  for (const item of items) {
    const rawKind = isObject(item) ? textOf(item['kind']) : undefined;
    const id = isObject(item) ? textOf(item['id']) : undefined;
    const kind = rawKind === undefined ? undefined : parseKind(rawKind);
    if (kind === undefined) return bad(refusal('kindInvalid', 'INPUT_INVALID. The device kind is not valid.'));
    if (id === undefined || !fitsKind(kind, id))
      return bad(refusal('identifierInvalid', 'INPUT_INVALID. The device identifier is not valid for its kind.'));
    identifiers.push({ kind, id });
  }
  return good(identifiers);
}

/** Reads a swap. A path segment of `3g` or `4g` in any case is taken: which spelling is meant is not confirmed. */
export function readSwap(serviceType: string, body: unknown): Result<SwapRequest> {
  if (!/^[34]g$/i.test(serviceType)) return bad(refusal('unexpected', 'REQUEST_FAILED. Unknown service type.'));
  const fault = checkBody(body);
  if (fault !== undefined || !isObject(body)) return bad(fault ?? refusal('unreadable', 'Not an object.'));
  const named = readIdentifiers(body['deviceIds']);
  if (!named.ok) return named;
  const option = textOf(body['change4gOption'])?.toLowerCase() ?? '';
  const wanted = Object.entries(SWAP_OPTIONS).find(([name]) => name === option)?.[1];
  if (wanted === undefined) return bad(refusal('unexpected', 'REQUEST_FAILED. The change option is not supported.'));
  const to = readIdentifiers(body['deviceIdsTo']);
  if (!to.ok) return to;
  const fits = to.value.length === wanted.length && wanted.every((kind) => to.value.some((item) => item.kind === kind));
  if (!fits) return bad(refusal('unexpected', 'REQUEST_FAILED. The new identifiers do not fit the change option.'));
  const plan = body['servicePlan'] ?? undefined;
  if (plan !== undefined && !isPlan(plan))
    return bad({ code: planNotFound(textOf(plan) ?? ''), message: 'REQUEST_FAILED. The service plan was not found.' });
  return good({
    named: named.value,
    to: Object.fromEntries(to.value.map(({ kind, id }) => [kind, id])),
    servicePlan: textOf(plan),
  });
}

export function isPlan(code: unknown): boolean {
  return SERVICE_PLANS.some((plan) => plan.code === code);
}

/** The one line that all the identifiers name and that the account holds. */
export function findLine(lines: LineStore, account: string, named: readonly Identifier[]): Result<Line> {
  const found = named.map((identifier) => lines.find(identifier));
  const line = found[0];
  if (line === undefined || found.includes(undefined) || line.account !== account)
    return bad(refusal('deviceNotFound', 'REQUEST_FAILED. The device was not found.'));
  // One line per call: a batch is documented nowhere.
  if (found.some((other) => other?.deviceId !== line.deviceId))
    return bad(refusal('unexpected', 'REQUEST_FAILED. The identifiers name more than one device.'));
  return good(line);
}

/** Only an active line with a number can be swapped. */
export function checkLine(line: Line): Refusal | undefined {
  if (line.state !== 'active') return refusal('stateInvalid', 'INPUT_INVALID. The device is not in Active state.');
  if (line.mdn === null) return refusal('unexpected', 'REQUEST_FAILED. The device has no MDN.');
  return undefined;
}

/** New hardware must not be in the database, be it of a deactivated line: that must be deleted first. */
export function checkNewIdentifiers(lines: LineStore, to: IdentifierChange, codes: InventedCodes): Refusal | undefined {
  if (to.iccid !== undefined && lines.find({ kind: 'iccid', id: to.iccid }) !== undefined)
    return { code: codes.iccidInUse, message: 'REQUEST_FAILED. The new ICCID is already in use.' };
  if (to.imei !== undefined && lines.find({ kind: 'imei', id: to.imei }) !== undefined)
    return { code: codes.imeiInUse, message: 'REQUEST_FAILED. The new IMEI is already in use.' };
  return undefined;
}
