import type { Alert } from '../../shared/domain/alert';
import type { BulkChange, DeviceChangeRow } from '../../shared/contract/changes';
import type { DeadLetter } from '../../shared/contract/queue';
import type { FailureCluster } from '../../shared/domain/control';
import type { ContractDouble } from './contract-double';

type AgoOf = (minutes: number) => string;

/** Plays what a person does with changes under way, with the queue, and with alerts. */
export function playWork(
  double: ContractDouble,
  desk: {
    readonly changes: BulkChange[];
    find(changeId: number): BulkChange;
    rowOf(change: BulkChange, row: number): DeviceChangeRow;
    readonly agoOf: AgoOf;
    readonly isNew: boolean;
  },
): void {
  playControls(double, desk);
  playAfter(double, desk);
  playQueue(double, desk.agoOf, desk.isNew);
}

type Desk = Parameters<typeof playWork>[1];

function playControls(double: ContractDouble, { changes, find, rowOf, agoOf }: Desk): void {
  const become = (changeId: number, state: BulkChange['control']['state'], note: string): BulkChange => {
    const before = find(changeId);
    const after = { ...before, control: { state, note, by: 'olivia', at: agoOf(0) } };
    changes.splice(changes.indexOf(before), 1, after);
    double.announce('changes.progressed', { changeId, status: after.status, counts: after.counts });
    return after;
  };
  double.handle('changes.pause', ({ changeId, note }) => become(changeId, 'paused', note));
  double.handle('changes.stop', ({ changeId, note }) => become(changeId, 'stopped', note));
  double.handle('changes.resume', ({ changeId, note }) => become(changeId, 'running', note));
  double.handle('changes.cancel', ({ changeId, note }) => {
    const change = become(changeId, 'stopped', note);
    return { cancelled: (change.counts.byStatus.queued ?? 0) + (change.counts.byStatus.created ?? 0), change };
  });
  double.handle('changes.tick', ({ changeId, row, step, done }) => ({
    ...rowOf(find(changeId), row),
    checklist: done ? [step] : [],
  }));
  double.handle('changes.retry', ({ changeId, rows }) => ({
    retried: rows?.length ?? find(changeId).counts.byStatus.error ?? 0,
    refused: [],
  }));
}

const CLUSTERS: readonly FailureCluster[] = [
  {
    key: 'DeviceAlreadyActive~error',
    code: 'DeviceAlreadyActive',
    faultClass: 'api_permanent',
    cause: 'The new device or SIM is active already',
    shared: { attribute: 'new ICCID begins with', value: '89148000009' },
    rows: 9,
    sample: [18, 33, 41],
    action: { kind: 'correct', label: 'Correct 9 rows and submit them again' },
  },
];

function playAfter(double: ContractDouble, { find, rowOf, agoOf, isNew }: Desk): void {
  double.handle('changes.clusters', ({ changeId }) =>
    (find(changeId).counts.byStatus.error ?? 0) === 0 ? [] : [...CLUSTERS],
  );
  double.handle('changes.eta', ({ changeId }) =>
    find(changeId).status === 'processing'
      ? {
          earliest: agoOf(-4),
          latest: agoOf(-13),
          basis: '58 rows a minute lately; callbacks after 3.1 s (p95 9.0 s)',
        }
      : null,
  );
  double.handle('changes.timeline', ({ changeId, row }) => [
    {
      at: agoOf(9),
      action: 'row.sending',
      stream: 'm2m',
      actor: 'olivia',
      correlationId: rowOf(find(changeId), row).uid,
      details: { attempt: 1 },
    },
  ]);
  double.handle('changes.rollbackPlan', ({ changeId, limit, offset }) => {
    const change = find(changeId);
    const total = change.counts.byStatus.processed ?? 0;
    const rows = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) => {
      const row = rowOf(change, offset + index + 1);
      const reversibility = { kind: 'reversible' as const, why: 'The old hardware must still be inactive' };
      return { row: row.row, mdn: row.mdn, from: row.new, to: row.old, reversibility };
    });
    return { total, counts: { reversible: total, conditional: 0, not: 0 }, rows };
  });
  double.handle('changes.rollback', ({ changeId, rows }) => ({
    ...{ bulkChangeId: 4713, uid: find(changeId).uid, left: 0 },
    rows: rows?.length ?? find(changeId).counts.byStatus.processed ?? 0,
  }));
  double.handle('changes.silent', () =>
    isNew
      ? []
      : [
          {
            ...{ changeId: 4709, changeName: 'router exchange week 45', row: 7, mdn: '5125550107' },
            ...{ new: { iccid: '89148000009100231147' }, confirmedAt: agoOf(1490) },
          },
        ],
  );
}

function playQueue(double: ContractDouble, agoOf: AgoOf, isNew: boolean): void {
  const letters: DeadLetter[] = isNew ? [] : [letterOf(agoOf)];
  const alerts: Alert[] = isNew ? [] : [alertOf(agoOf)];
  double.handle('queue.dead', ({ limit, offset }) => ({
    total: letters.length,
    letters: letters.slice(offset, offset + limit),
  }));
  double.handle('queue.redrive', () => ({ redriven: letters.splice(0).length, refused: [] }));
  double.handle('queue.discard', () => ({ discarded: letters.splice(0).length }));
  double.handle('queue.edit', ({ new: next }) => ({ ...letterOf(agoOf), new: next }));
  double.handle('queue.pause', () => ({ everywhere: true }));
  double.handle('queue.resume', () => ({ everywhere: true }));
  double.handle('metrics.read', () => [
    {
      ...{ providerUid: 'provider-1', provider: 'Northwind Fleet' },
      answer: { measured: 640, p50Ms: 310, p95Ms: 890, p99Ms: 1_400 },
      callback: { measured: 640, p50Ms: 3_100, p95Ms: 9_000, p99Ms: 21_000 },
      seen: { measured: 3, p50Ms: null, p95Ms: null, p99Ms: null },
      history: [{ hour: agoOf(60), ended: 3_480, failed: 12, resent: 4, callbackP50Ms: 3_050, callbackP95Ms: 8_700 }],
      queue: { waiting: 57, working: 28, dead: 1 },
    },
  ]);
  double.handle('lines.drift', () => ({ lines: 5_000, drifts: [] }));
  double.handle('alerts.list', () => alerts);
  double.handle('alerts.acknowledge', ({ uid }) => {
    const index = alerts.findIndex((alert) => alert.uid === uid);
    if (index >= 0) alerts.splice(index, 1);
    double.announce('alerts.changed', null);
    return null;
  });
}

function letterOf(agoOf: AgoOf): DeadLetter {
  const fault = {
    class: 'api_transient' as const,
    code: 'RateLimitExceeded',
    message: 'The carrier had no room for the request, 8 times in a row.',
    correlationId: '0190f1c2-0000-7000-b000-000000000042',
  };
  return {
    ...{ jobId: 42, changeId: 4710, changeName: 'router exchange week 46', provider: 'Northwind Fleet', row: 41 },
    ...{ mdn: '5125550141', old: { iccid: '89148000005500192281' }, new: { iccid: '89148000009100231149' } },
    ...{ status: 'dead_letter', attempts: 8, deadAt: agoOf(310), fault },
    message: {
      ...{ BulkChangeId: 4710, M2MDeviceChangeId: 41, IsRetryUpdateIdentifier: false, RetryNumber: 8, RequestId: '' },
    },
    rawMessage: '{"BulkChangeId":4710,"M2MDeviceChangeId":41}',
    history: [{ at: agoOf(312), fault }],
  };
}

function alertOf(agoOf: AgoOf): Alert {
  return {
    uid: '0190f1c2-0000-7000-d000-000000000001',
    ...{ providerUid: 'provider-2', providerName: 'Lakeside Utilities', code: 'failure-budget' },
    message: 'Change 4706 "pilot" has stopped: 3 of the first 10 rows failed, more than the budget of 10 %.',
    ...{ raisedBy: 'olivia', raisedAt: agoOf(44) },
  };
}
