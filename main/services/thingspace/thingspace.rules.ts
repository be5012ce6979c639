import { changedKinds, type ChangeType, type IdentifierPair } from '../../../shared/domain/change';
import { lineStatusOf } from '../../../shared/domain/line';
import type { Provider } from '../devices/types';
import type { WireDevice } from './answers';
import type { CarrierLine, DeleteRequest, SwapRequest, ThingSpaceService } from './types';

/** Pure decisions of the carrier client: what a request looks like, and what a device of the carrier is to us. */
export interface SwapRow {
  readonly type: ChangeType;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly mdn: string | null;
  readonly servicePlan?: string;
}

const DELETE_PATH = '/api/m2m/v1/devices/actions/delete';

/** Frees the identifiers of a deactivated line (Change Device Identifier: new hardware must not be in the database). */
export function deleteRequestOf(by: { readonly kind: 'iccid' | 'imei'; readonly id: string }): DeleteRequest {
  return {
    method: 'POST',
    path: DELETE_PATH,
    body: { devicesToDelete: [{ deviceIds: [{ id: by.id, kind: by.kind }] }] },
  };
}

type WireId = { readonly id: string; readonly kind: string };

/**
 * The request of one row. The line is named by its old identifier of the kind that changes: should the carrier have
 * changed it already, it finds no such line and does nothing twice. An IMEI that nobody knows is replaced by the ICCID
 * or the MDN, which the carrier takes as well.
 */
export function swapRequestOf(provider: Pick<Provider, 'serviceType'>, row: SwapRow): SwapRequest {
  const kinds = changedKinds(row.type);
  return {
    method: 'PUT',
    path: `/api/m2m/v1/devices/${encodeURIComponent(provider.serviceType)}/actions/deviceId`,
    body: {
      deviceIds: [lineToChange(row, kinds.includes('iccid') ? 'iccid' : 'imei')],
      deviceIdsTo: kinds.map((kind) => ({ id: needed(row.new[kind], `new ${kind}`), kind })),
      change4gOption: row.type,
      ...(row.servicePlan === undefined ? {} : { servicePlan: row.servicePlan }),
    },
  };
}

function lineToChange(row: SwapRow, kind: 'iccid' | 'imei'): WireId {
  const candidates: readonly (readonly [kind: string, id: string | null | undefined])[] = [
    [kind, row.old[kind]],
    ['iccid', row.old.iccid],
    ['mdn', row.mdn],
  ];
  for (const [name, id] of candidates) if (id !== undefined && id !== null && id !== '') return { id, kind: name };
  throw new Error('a row that names no line was about to be sent');
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new Error(`a row without its ${what} was about to be sent`);
  return value;
}

/**
 * A device of the carrier's list as a line. Of the extended attributes only the device's number is ever looked at:
 * the others hold the subscriber's name and address (`PrimaryPlaceOfUse…`).
 */
export function carrierLineOf(device: WireDevice): CarrierLine {
  const identifiers = Object.fromEntries(device.deviceIds.map(({ id, kind }) => [kind.toLowerCase(), id]));
  const carrier = device.carrierInformations?.[0];
  return {
    iccid: identifiers['iccid'] ?? '',
    imei: identifiers['imei'] ?? null,
    mdn: identifiers['mdn'] ?? null,
    eid: identifiers['eid'] ?? null,
    status: lineStatusOf(carrier?.state ?? undefined),
    carrierPlan: carrier?.servicePlan ?? null,
    lastConnectionAt: isoOrNull(device.lastConnectionDate),
    customer: null,
    ratePlan: null,
    ratePool: null,
    identifiers,
    connected: device.connected ?? null,
  };
}

function isoOrNull(value: string | null | undefined): string | null {
  const instantMs = Date.parse(value ?? '');
  return Number.isFinite(instantMs) ? new Date(instantMs).toISOString() : null;
}

/** The number that the list's cursor goes by; null when the device has none. */
export function deviceNumberOf(device: WireDevice): number | null {
  const text = device.extendedAttributes?.find(({ key }) => key.toLowerCase() === 'deviceid')?.value;
  const number = Number(text ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : null;
}

/**
 * The one device that carries the identifier. The carrier keeps deactivated devices beside active ones with the same
 * MDN, so an active one goes first.
 *
 * @returns null when none carries it; `ambiguous` when several active ones do
 */
export function pickDevice(
  devices: readonly WireDevice[],
  by: { readonly kind: string; readonly id: string },
): CarrierLine | null | 'ambiguous' {
  const lines = devices.map(carrierLineOf).filter((line) => line.identifiers[by.kind] === by.id);
  const active = lines.filter((line) => line.status === 'active');
  if (active.length > 1) return 'ambiguous';
  return active[0] ?? lines[0] ?? null;
}

/** What is asked of the carrier, for whoever only shows it: the very requests that are sent. */
export const carrierRequests: Pick<ThingSpaceService, 'swapRequest' | 'deleteRequest'> = {
  swapRequest: swapRequestOf,
  deleteRequest: deleteRequestOf,
};
