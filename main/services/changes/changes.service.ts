import type { Fault } from '../../../shared/domain/fault';
import type { DeviceChangeStatus } from '../../../shared/domain/change';
import type { Trx } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { IdentifiersService } from '../identifiers/types';
import type { MetricsService } from '../metrics/types';
import type { ThingSpaceService } from '../thingspace/types';
import { countEndedSince, listChanges, pageOfRows } from './bulk.repo';
import { DEFAULT_LIMITS, type ChangeLimits } from './change.rules';
import {
  countOpen,
  findRow,
  findRowByRequestId,
  findRowsIn,
  findUnpushed,
  markNeedsPerson,
  markPushed,
} from './changes.repo';
import { clustersOf } from './clusters';
import { confirm } from './confirm.handler';
import { createControls } from './control';
import { disposition, move, type ChangesCore } from './core';
import { createDeadLetters } from './dead-letters';
import { enrolCreated, renewLeases } from './enrol';
import { eta } from './eta';
import { getChange } from './find-change';
import { retry } from './retry';
import { rollback, rollbackPlan } from './rollback';
import { lookForSeen } from './seen';
import { findSilent } from './seen.repo';
import { endStranded } from './order';
import { send, sendingToUnknown } from './send.handler';
import { settle } from './settle';
import { submitDraft, type SubmitDeps } from './submit';
import { timelineOf } from './timeline';
import { advanceWaves } from './waves';
import { faultEvent, rowEvent } from './trail';
import type { ChangeControls, ChangesService, EndedCounts, EvidenceSource } from './types';

export type ChangesDeps = Omit<ChangesCore, 'limits' | 'timing'> & {
  readonly audit: Pick<AuditService, 'record' | 'search'>;
} & Pick<SubmitDeps, 'drafts' | 'devices' | 'identity'> & {
    readonly thingspace: Pick<
      ThingSpaceService,
      'ensureSession' | 'swap' | 'swapRequest' | 'findLine' | 'history' | 'deleteLine'
    >;
    readonly identifiers: Pick<
      IdentifiersService,
      'enrol' | 'renewLeases' | 'releaseLeases' | 'markSending' | 'update' | 'pushStatuses' | 'editNew'
    >;
    readonly metrics: Pick<MetricsService, 'measures' | 'readBackAfterMs'>;
    /** Null: not a provider of this user. */
    pace(providerUid: string): Promise<{ readonly ratePerMinute: number | null; readonly concurrency: number } | null>;
    /** Confirmation is made after this service, since it settles through it. */
    evidence(): EvidenceSource;
    readonly limits?: Partial<ChangeLimits>;
  };

const STATUSES_A_CALL = 500;
const RECOVERED_A_CALL = 500;
/** The line is free again for other changes. A dead letter or a doubt keeps it: it may still be sent, or be changed. */
const FREES_LINE: ReadonlySet<DeviceChangeStatus> = new Set(['processed', 'error', 'cancelled', 'conflict']);

/**
 * Bulk changes from submission to their end. A row's status changes through `core.move` only; what leads to which
 * status is decided in `change.rules`.
 */
export function createChangesService(deps: ChangesDeps): ChangesService {
  const core: ChangesCore = {
    local: deps.local,
    queue: deps.queue,
    audit: deps.audit,
    clock: deps.clock,
    ids: deps.ids,
    log: deps.log,
    actor: () => deps.actor(),
    limits: { ...DEFAULT_LIMITS, ...deps.limits },
    timing: deps.metrics,
  };
  const { identifiers, thingspace } = deps;

  const reading: Pick<ChangesService, 'get' | 'rows'> = {
    get: (idOrUid) => getChange(core, idOrUid),
    rows: (changeId, page) => pageOfRows(core.local.read, changeId, page),
  };

  return {
    ...reading,
    timeline: (idOrUid, row) => timelineOf(reading, deps.audit, idOrUid, row),
    submit: (session, input) => submitDraft(deps, session, input),
    enrol: () => enrolCreated({ core, identifiers }),
    list: (page) => listChanges(core.local.read, page),
    ...controlsOf(deps, core),
    transition: (trx, row, from, to, patch) => move(core, trx, row.id, from, to, patch),
    settle: (trx, deviceChangeId, evidence, job) => settle(core, trx, deviceChangeId, evidence, job),
    load: (trx, deviceChangeId) => findRow(trx, deviceChangeId),
    loadByRequestId: (trx, providerUid, requestId) => findRowByRequestId(trx, providerUid, requestId),
    async openRows() {
      const holds = await core.queue.listHolds();
      return countOpen(
        core.local.read,
        holds.map((hold) => hold.providerUid),
      );
    },

    recover: () => recover(core),
    handle: (job, gate) =>
      job.message.IsRetryUpdateIdentifier
        ? confirm({ core, identifiers, evidence: deps.evidence() }, job, gate)
        : send({ core, identifiers, thingspace, evidence: deps.evidence() }, job, gate),
    abandon: (trx, deviceChangeId, fault) => abandon(core, trx, deviceChangeId, fault),
    renewLeases: () => renewLeases({ core, identifiers }),
    pushStatuses: () => pushStatuses(core, identifiers),
    async endedSince(instantMs) {
      return endedCounts(await countEndedSince(core.local.read, instantMs));
    },
    async advanceWaves() {
      // What waits in vain has failed, and counts for its wave.
      await endStranded(core);
      return advanceWaves(core);
    },
    lookForSeen: (gate, most) => lookForSeen({ core, thingspace }, gate, most),
  };
}

/** What a person does with submitted changes. */
function controlsOf(
  deps: ChangesDeps,
  core: ChangesCore,
): Omit<ChangeControls, 'timeline'> & Pick<ChangesService, 'deadLetters'> {
  const { identifiers } = deps;
  const clusterRows = async (changeId: number, key: string): Promise<readonly number[]> =>
    (await clustersOf(core, changeId)).find((cluster) => cluster.key === key)?.rowNumbers ?? [];
  return {
    ...createControls(core),
    retry: (idOrUid, choice, act) => retry({ core, identifiers, clusterRows }, idOrUid, choice, act),
    async clusters(idOrUid) {
      const change = await getChange(core, idOrUid);
      return (await clustersOf(core, change.id)).map(({ rowNumbers: _all, ...cluster }) => cluster);
    },
    eta: (idOrUid) => eta({ core, metrics: deps.metrics, pace: (uid) => deps.pace(uid) }, idOrUid),
    rollbackPlan: (idOrUid, page) => rollbackPlan(core, idOrUid, page),
    rollback: (session, idOrUid, rows) => rollback({ core, ...deps }, session, idOrUid, rows),
    silent: (olderThanMs, limit) => findSilent(core.local.read, core.clock.now() - olderThanMs, limit),
    deadLetters: createDeadLetters({ core, identifiers }),
  };
}

/** One processor a folder: when it starts, whatever is in `sending` was left there by a process that has died. */
async function recover(core: ChangesCore): Promise<{ unknown: number }> {
  let unknown = 0;
  for (;;) {
    const rows = await findRowsIn(core.local.read, 'sending', 0, RECOVERED_A_CALL);
    if (rows.length === 0) return { unknown };
    await core.local.write(async (trx) => {
      for (const row of rows) await sendingToUnknown(core, trx, row);
    });
    unknown += rows.length;
  }
}

/** The job can't go on. What was never sent is a dead letter; what may have been sent is never called unsent. */
async function abandon(core: ChangesCore, trx: Trx, deviceChangeId: number, fault: Fault): Promise<void> {
  const row = await findRow(trx, deviceChangeId);
  if (row === null) return;
  const told = [rowEvent(row, core.actor(), 'row.dead-lettered', { was: row.status, code: fault.code })];
  switch (row.status) {
    case 'queued':
      await move(core, trx, row.id, 'queued', 'dead_letter', { error: fault });
      break;
    case 'sending':
    case 'submitted':
      await move(core, trx, row.id, row.status, 'unknown', { error: fault, needsPerson: true });
      break;
    case 'unknown':
      await markNeedsPerson(trx, row.id, { needsPerson: true, error: fault, disposition: null }, core.clock.now());
      break;
    case 'confirmed': {
      const detail = `The carrier changed the line; the central database was not told. ${fault.message}`;
      const proof = row.disposition?.proof ?? 'none';
      const patch = { error: fault, disposition: disposition(core, 'conflict', proof, detail) };
      await move(core, trx, row.id, 'confirmed', 'conflict', patch);
      break;
    }
    case 'created':
    case 'processed':
    case 'conflict':
    case 'error':
    case 'dead_letter':
    case 'cancelled':
    case 'rolled_back':
      return;
  }
  await core.audit.record(trx, [...told, faultEvent(row, core.actor(), fault)]);
}

async function pushStatuses(
  core: ChangesCore,
  identifiers: Pick<IdentifiersService, 'pushStatuses' | 'releaseLeases'>,
): Promise<number> {
  let pushed = 0;
  for (;;) {
    const rows = await findUnpushed(core.local.read, STATUSES_A_CALL);
    if (rows.length === 0) return pushed;
    await identifiers.pushStatuses(rows);
    const ended = rows.filter((row) => FREES_LINE.has(row.status)).map((row) => row.uid);
    if (ended.length > 0) await identifiers.releaseLeases(ended);
    await core.local.write((trx) => markPushed(trx, rows));
    pushed += rows.length;
    // What moved meanwhile is told with the next push: while rows move all the time, this would never end.
    if (rows.length < STATUSES_A_CALL) return pushed;
  }
}

function endedCounts(rows: readonly { status: DeviceChangeStatus; rows: number }[]): EndedCounts {
  const of = (status: DeviceChangeStatus): number => rows.find((row) => row.status === status)?.rows ?? 0;
  return {
    processed: of('processed'),
    error: of('error'),
    conflict: of('conflict'),
    deadLetter: of('dead_letter'),
    cancelled: of('cancelled'),
    needsPerson: of('unknown'),
  };
}
