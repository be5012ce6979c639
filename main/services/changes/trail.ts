import type { IdentifierPair } from '../../../shared/domain/change';
import type { Fault } from '../../../shared/domain/fault';
import type { Json } from '../../lib/redact';
import type { AuditEvent } from '../audit/types';
import type { CallRecord } from '../thingspace/types';
import type { StoredRow } from './changes.repo';

/** What the audit trail is told of a row, in one place, so that every entry names the row alike. */

function baseOf(
  row: StoredRow,
  actor: string,
): Pick<AuditEvent, 'actor' | 'provider' | 'change' | 'row' | 'deviceChange' | 'deviceId'> {
  return {
    actor,
    provider: row.providerUid,
    change: row.bulkChangeUid,
    row: row.row,
    deviceChange: row.uid,
    deviceId: row.deviceId,
  };
}

/** @param action `row.…`, in the log of the provider's portal; identifiers go along, so that search finds them */
export function rowEvent(
  row: StoredRow,
  actor: string,
  action: string,
  details: Readonly<Record<string, Json>> = {},
  correlationId: string | null = row.correlationId,
): AuditEvent {
  return {
    ...baseOf(row, actor),
    stream: row.portal,
    action,
    ...(correlationId === null ? {} : { correlationId }),
    details: { mdn: row.mdn, old: pairJson(row.old), new: pairJson(row.new), ...details },
  };
}

/** An absent key is left out, as everywhere. */
export function pairJson(pair: IdentifierPair): Readonly<Record<string, string>> {
  return {
    ...(pair.iccid === undefined ? {} : { iccid: pair.iccid }),
    ...(pair.imei === undefined ? {} : { imei: pair.imei }),
  };
}

export function faultEvent(row: StoredRow, actor: string, fault: Fault): AuditEvent {
  return {
    ...baseOf(row, actor),
    stream: 'error',
    action: 'row.faulted',
    correlationId: fault.correlationId,
    details: { class: fault.class, code: fault.code, message: fault.message, requestId: row.requestId },
  };
}

/** One call to the carrier, as it went over the wire (redacted again by the trail). */
export function callEvent(row: StoredRow, actor: string, call: CallRecord): AuditEvent {
  return {
    ...baseOf(row, actor),
    stream: 'api',
    action: 'carrier.called',
    correlationId: call.correlationId,
    details: {
      method: call.method,
      path: call.path,
      request: asJson(call.request),
      httpStatus: call.httpStatus,
      response: asJson(call.response),
      durationMs: Math.round(call.durationMs),
    },
  };
}

/** A record holds what was sent and received, parsed or as text: JSON in any case, but typed `unknown`. */
function asJson(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
}
