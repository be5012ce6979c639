import type { BulkChange, DeviceChangeRow } from '../../shared/contract/changes';
import type { Draft, DraftRow } from '../../shared/contract/drafts';
import type { AuditEntry } from '../../shared/domain/audit';
import { deriveBulkStatus, type DeviceChangeStatus } from '../../shared/domain/change';
import { NO_OPTIONS } from '../../shared/domain/control';
import { verdictOf, type Finding } from '../../shared/domain/finding';
import { makeFinding } from '../../shared/domain/finding-catalogue';
import type { Line } from '../../shared/domain/line';

/** What the desk behind the double holds: drafts, changes, lines and entries that are made up from their numbers alone. */

const pad = (value: number, length: number): string => String(value).padStart(length, '0');
const oldIccid = (row: number): string => `8914800000${pad(84_259_007 + row * 7919, 10)}`;
export const newIccid = (row: number): string => `8914800000${pad(91_002_311 + row * 104_729, 10)}`;
const oldImei = (row: number): string => `35912302${pad(281_652 + row * 37, 7)}`;
export const mdnOf = (row: number): string => `512555${pad(100 + (row % 9_900), 4)}`;
export const customerOf = (row: number): string =>
  ['Harbor Logistics', 'Prairie Rentals', 'St. Aurelian Cold Chain and Perishables Cooperative'][row % 3] ?? '';

const EVIDENCE = 'line 5125550143 in the copy of 14:02';

function findingsOf(row: number): Finding[] {
  if (row % 29 === 3) {
    return [
      makeFinding('digits-lost', 'newIccid', { seen: '8.9148E+19', evidence: 'six zeros at the end of the number' }),
    ];
  }
  if (row % 41 === 7) return [makeFinding('line-not-active', 'oldIccid', { evidence: EVIDENCE })];
  if (row % 53 === 11) {
    return [
      makeFinding('target-in-use', 'newIccid', { seen: newIccid(row), evidence: 'line 2201 of Harbor Logistics' }),
      makeFinding('iccid-check-digit', 'newIccid', { seen: newIccid(row) }),
    ];
  }
  if (row % 37 === 5) return [makeFinding('iccid-check-digit', 'newIccid', { seen: newIccid(row) })];
  if (row % 61 === 13)
    return [makeFinding('iccid-check-digit-missing', 'oldIccid', { seen: oldIccid(row).slice(0, 18) })];
  if (row % 19 === 2) return [makeFinding('repaired-spaces', 'newIccid', { seen: '8914 8000 00…' })];
  return [];
}

export function draftRowOf(row: number, findings: Finding[] = findingsOf(row)): DraftRow {
  const isLost = findings.some((finding) => finding.code === 'line-unknown');
  return {
    row,
    line: row + 1,
    verdict: verdictOf(findings),
    deviceId: isLost ? null : 1000 + row,
    mdn: row % 17 === 4 ? null : mdnOf(row),
    old: { iccid: oldIccid(row) },
    new: { iccid: newIccid(row) },
    customer: customerOf(row),
    ratePlan: 'HL-5MB',
    ratePool: null,
    effectiveDate: row % 5 === 0 ? '2026-12-01' : null,
    note: row % 11 === 0 ? 'card damaged, driver waits at the depot' : null,
    findings,
    excluded: false,
    edited: [],
    overrides: [],
    cells: {},
  };
}

function tally(rows: number): Pick<Draft, 'rows' | 'valid' | 'warning' | 'error' | 'findings'> {
  const counts = { valid: 0, warning: 0, error: 0 };
  const findings: Record<string, number> = {};
  for (let row = 1; row <= rows; row += 1) {
    const found = findingsOf(row);
    counts[verdictOf(found)] += 1;
    for (const { code } of found) findings[code] = (findings[code] ?? 0) + 1;
  }
  return { rows, ...counts, findings };
}

export function draftOf(id: number, name: string, rows: number, at: string, clean = false): Draft {
  return {
    id,
    uid: `0190f1c2-0000-7000-8000-${pad(id, 12)}`,
    name,
    providerUid: 'provider-1',
    providerName: 'Northwind Fleet',
    changeType: 'ChangeICCID',
    sourceName: `${name}.csv`,
    createdAt: at,
    createdBy: 'olivia',
    ...(clean ? { rows, valid: rows, warning: 0, error: 0, findings: {} } : tally(rows)),
    mirrorAt: at,
    excluded: 0,
    undo: null,
    redo: null,
    reading: { format: 'csv', encoding: 'windows-1252', delimiter: ';', sheet: null, headingRow: 1, blankLines: 3 },
    sharing: false,
  };
}

export function changeOf(
  id: number,
  byStatus: Partial<Record<DeviceChangeStatus, number>>,
  at: string,
  more: Partial<BulkChange> = {},
): BulkChange {
  const counts = { byStatus, needsPerson: Math.min(byStatus.unknown ?? 0, 2) };
  const status = deriveBulkStatus(counts);
  return {
    id,
    uid: `0190f1c2-0000-7000-9000-${pad(id, 12)}`,
    name: `router exchange week ${id % 53}`,
    providerUid: 'provider-1',
    providerName: 'Northwind Fleet',
    changeType: 'ChangeICCID',
    planHash: 'ab'.repeat(32),
    createdAt: at,
    createdBy: 'olivia',
    rows: Object.values(byStatus).reduce((sum, rows) => sum + rows, 0),
    status,
    counts,
    startedAt: at,
    endedAt: status.startsWith('processed') ? at : null,
    control: { state: 'running', note: null, by: null, at: null },
    startsAt: null,
    options: NO_OPTIONS,
    wave: null,
    rollbackOf: null,
    ...more,
  };
}

const FAULTS: Partial<Record<DeviceChangeStatus, readonly [string, string]>> = {
  error: ['api_permanent', 'DeviceAlreadyActive'],
  dead_letter: ['api_transient', 'RateLimitExceeded'],
  conflict: ['conflict', 'identifier-changed'],
  unknown: ['api_unknown', 'no-answer'],
};
const FAULT_WORDS: Readonly<Record<string, string>> = {
  DeviceAlreadyActive: 'The new SIM is already active on another line.',
  RateLimitExceeded: 'The carrier had no room for the request, 8 times in a row.',
  'identifier-changed': 'Another desktop changed the line in the meantime: it holds 8914 8000 0055 0019 2281 now.',
  'no-answer': 'Nothing has proved what the carrier did. The connection was reset after the request had left.',
};

export function changeRowOf(row: number, status: DeviceChangeStatus, at: string): DeviceChangeRow {
  const fault = FAULTS[status];
  const isProcessed = status === 'processed';
  return {
    row,
    uid: `0190f1c2-0000-7000-a000-${pad(row, 12)}`,
    deviceId: 1000 + row,
    mdn: row % 17 === 4 ? null : mdnOf(row),
    old: { iccid: oldIccid(row) },
    new: { iccid: newIccid(row) },
    status,
    needsPerson: status === 'unknown' && row % 2 === 0,
    requestId: status === 'created' || status === 'queued' ? null : `6b1f0c52-9a1d-4ee1-b3a7-${pad(row, 12)}`,
    attempts: status === 'created' || status === 'queued' ? 0 : status === 'dead_letter' ? 8 : 1,
    error:
      fault === undefined
        ? null
        : {
            class: fault[0] as 'api_permanent',
            code: fault[1],
            message: FAULT_WORDS[fault[1]] ?? '',
            correlationId: `0190f1c2-0000-7000-b000-${pad(row, 12)}`,
          },
    disposition: isProcessed
      ? { outcome: 'changed', proof: 'callback', detail: 'The carrier reported the change.', by: 'olivia', at }
      : null,
    seenAt: isProcessed && row % 3 !== 0 ? at : null,
    checklist: null,
  };
}

/** The rows of a change in the order of its counts, at any length. */
export function statusAt(change: BulkChange, index: number, only: DeviceChangeStatus | null): DeviceChangeStatus {
  if (only !== null) return only;
  let left = index;
  for (const [status, rows] of Object.entries(change.counts.byStatus) as [DeviceChangeStatus, number][]) {
    if (left < rows) return status;
    left -= rows;
  }
  return 'processed';
}

export function lineOf(id: number, at: string): Line {
  return {
    id,
    uid: `0190f1c2-0000-7000-c000-${pad(id, 12)}`,
    provider: id % 3 === 0 ? 'Lakeside Utilities' : 'Northwind Fleet',
    iccid: oldIccid(id),
    imei: id % 13 === 0 ? null : oldImei(id),
    mdn: id % 17 === 4 ? null : mdnOf(id),
    eid: id % 4 === 0 ? `89049032${pad(id * 12_345, 24)}` : null,
    status:
      (['active', 'active', 'active', 'suspended', 'active', 'deactivated', 'preactive', 'unknown'] as const)[id % 8] ??
      'active',
    customer: id % 9 === 0 ? null : customerOf(id),
    ratePlan: 'HL-5MB',
    ratePool: id % 2 === 0 ? 'HL-Pool' : null,
    lastConnectionAt: id % 6 === 0 ? null : at,
  };
}

const ACTIONS = ['row.confirmed', 'callback.received', 'carrier.called', 'row.submitted', 'change.submitted'] as const;

export function entryOf(seq: number, change: string | null, at: string): AuditEntry {
  const action = ACTIONS[seq % ACTIONS.length] ?? 'row.confirmed';
  return {
    chain: 'desktop:0190f1c2-0000-7000-8000-0000000000d1:user-1:provider-1',
    seq,
    at,
    stream: action === 'carrier.called' ? 'api' : seq % 31 === 0 ? 'error' : 'm2m',
    actor: seq % 7 === 0 ? 'admin' : 'olivia',
    action,
    provider: 'provider-1',
    change: change ?? '0190f1c2-0000-7000-9000-000000004711',
    row: action === 'change.submitted' ? null : seq,
    deviceChange: `0190f1c2-0000-7000-a000-${pad(seq, 12)}`,
    deviceId: 1000 + seq,
    correlationId: `0190f1c2-0000-7000-b000-${pad(seq, 12)}`,
    details:
      action === 'carrier.called'
        ? {
            method: 'PUT',
            path: '/api/m2m/v1/devices/actions/change',
            request: { change4gOption: 'ChangeICCID', deviceIds: [{ id: newIccid(seq), kind: 'ICCID' }] },
            httpStatus: 200,
            response: { requestId: `6b1f0c52-9a1d-4ee1-b3a7-${pad(seq, 12)}` },
            durationMs: 312,
          }
        : { mdn: mdnOf(seq), old: { iccid: oldIccid(seq) }, new: { iccid: newIccid(seq) }, proof: 'callback' },
    prevHash: '5c'.repeat(32),
    hash: '9f'.repeat(32),
  };
}
