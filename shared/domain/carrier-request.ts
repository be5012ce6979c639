import { changedKinds, type ChangeType, type IdentifierPair } from './change';

/** The exact body of the swap; written to the row before it is sent, byte for byte. */
export interface SwapRequest {
  readonly method: 'PUT';
  readonly path: string;
  readonly body: {
    readonly deviceIds: readonly { readonly id: string; readonly kind: string }[];
    readonly deviceIdsTo: readonly { readonly id: string; readonly kind: string }[];
    readonly change4gOption: ChangeType;
    readonly servicePlan?: string;
  };
}

/** The exact body of a deletion, as the dry run shows it. */
export interface DeleteRequest {
  readonly method: 'POST';
  readonly path: string;
  readonly body: {
    readonly devicesToDelete: readonly {
      readonly deviceIds: readonly { readonly id: string; readonly kind: string }[];
    }[];
  };
}

/** A row as the carrier is told of it. */
export interface SwapRow {
  readonly type: ChangeType;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly mdn: string | null;
  readonly servicePlan?: string;
}

const DELETE_PATH = '/api/m2m/v1/devices/actions/delete';

/** Frees the identifiers of a deactivated line (Change Device Identifier: new hardware must not be in the database). */
function deleteRequestOf(by: { readonly kind: 'iccid' | 'imei'; readonly id: string }): DeleteRequest {
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
function swapRequestOf(provider: { readonly serviceType: string }, row: SwapRow): SwapRequest {
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

/** Pure: what the dry run shows, what is written down before it leaves, and what is sent are the same. */
export interface CarrierRequests {
  /** The request for one row. */
  swapRequest(provider: { readonly serviceType: string }, row: SwapRow): SwapRequest;
  /** The deletion of the line that has the identifier. */
  deleteRequest(by: { readonly kind: 'iccid' | 'imei'; readonly id: string }): DeleteRequest;
}

export const carrierRequests: CarrierRequests = { swapRequest: swapRequestOf, deleteRequest: deleteRequestOf };
