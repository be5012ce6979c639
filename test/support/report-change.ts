import type { DeviceChangeStatus } from '../../shared/domain/change';
import { NO_OPTIONS } from '../../shared/domain/control';
import type { BulkChange, DeviceChangeRow } from '../../main/services/changes/types';

/** A finished change with rows of every kind, for the reports; no two rows are alike. */
export function exampleChange(rows: readonly DeviceChangeRow[]): BulkChange {
  const byStatus: Partial<Record<DeviceChangeStatus, number>> = {};
  for (const { status } of rows) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return {
    id: 4711,
    uid: '0192f3a1-7c3b-7d10-9a4e-0b6f2c1d8e90',
    name: 'Depot Łódź: SIM carton 8914800',
    providerUid: '0192f3a1-0000-7000-8000-00000000000a',
    providerName: 'Müller Telematik · Verizon prod',
    changeType: 'ChangeIMEIandICCID',
    planHash: '3f'.repeat(32),
    createdAt: '2026-11-24T04:00:12.345Z',
    createdBy: 'maria.lopez',
    rows: rows.length,
    status: 'processed_with_errors',
    counts: { byStatus, needsPerson: rows.filter(({ needsPerson }) => needsPerson).length },
    startedAt: '2026-11-24T04:01:00.000Z',
    endedAt: '2026-11-24T04:09:30.000Z',
    control: { state: 'running', note: null, by: null, at: null },
    startsAt: null,
    options: NO_OPTIONS,
    wave: null,
    rollbackOf: null,
  };
}

/** Nine rows in ten are changed; the tenth is one of the exceptions, in turn. */
const EXCEPTIONS: readonly Pick<DeviceChangeRow, 'status' | 'needsPerson' | 'error' | 'disposition'>[] = [
  {
    status: 'error',
    needsPerson: false,
    error: {
      class: 'api_permanent',
      code: 'REQUEST_FAILED.DeviceAlreadyActive',
      message:
        'The new device or SIM is active already. The carrier says: "Device is already active for account 0342077109-00001".',
      correlationId: '0192f3a2-1111-7aaa-8bbb-000000000017',
    },
    disposition: {
      outcome: 'not_changed',
      proof: 'answer',
      detail: 'The carrier refused the change',
      by: 'maria.lopez',
      at: '2026-11-24T04:03:10.000Z',
    },
  },
  {
    status: 'unknown',
    needsPerson: true,
    error: {
      class: 'api_unknown',
      code: 'answer-lost',
      message: 'The connection broke after the request was sent. It is not known whether the carrier acted.',
      correlationId: '0192f3a2-1111-7aaa-8bbb-000000000018',
    },
    disposition: null,
  },
  {
    status: 'conflict',
    needsPerson: false,
    error: {
      class: 'conflict',
      code: 'line-leased',
      message: 'The line is in another open change of desk "Dispatch 2" (jan.nowak)',
      correlationId: '0192f3a2-1111-7aaa-8bbb-000000000019',
    },
    disposition: {
      outcome: 'conflict',
      proof: 'none',
      detail: 'Another desk holds the line',
      by: 'system',
      at: '2026-11-24T04:00:13.000Z',
    },
  },
  { status: 'cancelled', needsPerson: false, error: null, disposition: null },
];

export function exampleRow(index: number): DeviceChangeRow {
  const number = (from: string, digits: number): string => from + String(index).padStart(digits, '0');
  const exception = index % 10 === 7 ? EXCEPTIONS[Math.floor(index / 10) % EXCEPTIONS.length] : undefined;
  return {
    row: index,
    uid: `0192f3a1-7c3b-7d10-9a4e-${number('', 12)}`,
    deviceId: 48_000 + index,
    mdn: index % 13 === 0 ? null : number('512555', 4).slice(0, 10),
    old: { iccid: number('891480000842590', 5), imei: number('3517560515', 5) },
    new: { iccid: number('891480000910023', 5), ...(index % 2 === 0 ? { imei: number('3527560515', 5) } : {}) },
    requestId: exception?.status === 'cancelled' ? null : `7c3bd112-90aa-4f6e-b0c1-${number('', 12)}`,
    attempts: exception === undefined ? 1 + (index % 3 === 0 ? 1 : 0) : exception.status === 'cancelled' ? 0 : 1,
    status: 'processed',
    needsPerson: false,
    error: null,
    disposition: {
      outcome: 'changed',
      proof: index % 4 === 0 ? 'read_back' : 'callback',
      detail: index % 4 === 0 ? 'The line reads back with the new identifiers' : 'The callback reports success',
      by: 'maria.lopez',
      at: '2026-11-24T04:05:00.000Z',
    },
    seenAt: null,
    checklist: null,
    ...exception,
  };
}
