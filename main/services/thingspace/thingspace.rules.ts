import { lineStatusOf } from '../../../shared/domain/line';
import type { WireDevice } from './answers';
import type { CarrierLine } from './types';

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
