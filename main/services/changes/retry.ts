import type { Trx } from '../../localdb/types';
import type { DeviceChangeStatus } from '../../../shared/domain/change';
import type { NewJob } from '../queue/types';
import type { IdentifiersService, LeaseGrant } from '../identifiers/types';
import { findChangeHead } from './bulk.repo';
import { findRow, markNeedsPerson, type StoredRow } from './changes.repo';
import { failedIds } from './control.repo';
import { confirmJob, move, sendJob, type ChangesCore } from './core';
import { enrolChangeOf, enrolRowOf } from './enrol';
import { getChange, noteAct } from './find-change';
import { decideRetry, type RetryDecision } from './retry.rules';
import { rowEvent } from './trail';
import type { Act, RetryChoice, RetryResult } from './types';

export interface RetryDeps {
  readonly core: ChangesCore;
  readonly identifiers: Pick<IdentifiersService, 'enrol'>;
  /** Numbers of the rows of a failure cluster. */
  clusterRows(changeId: number, key: string): Promise<readonly number[]>;
}

const ROWS_A_TIME = 500;

export async function retry(deps: RetryDeps, idOrUid: string, choice: RetryChoice, act: Act): Promise<RetryResult> {
  const { core } = deps;
  const change = await getChange(core, idOrUid);
  const wanted =
    choice.cluster === undefined ? (choice.rows ?? null) : await deps.clusterRows(change.id, choice.cluster);
  const ids = await failedIds(core.local.read, change.id, wanted);
  const refused: { row: number; why: string }[] = [];
  let retried = 0;
  for (let from = 0; from < ids.length; from += ROWS_A_TIME) {
    const part = await retryRows(deps, ids.slice(from, from + ROWS_A_TIME), act, () => core.clock.now());
    retried += part.retried;
    refused.push(...part.refused.map(({ row, why }) => ({ row: row.row, why })));
  }
  await core.local.write((trx) =>
    noteAct(core, trx, change, 'change.retried', act, { retried, refused: refused.length }),
  );
  core.queue.ring();
  return { retried, refused };
}

export interface RetriedRows {
  readonly retried: number;
  readonly refused: readonly { readonly row: StoredRow; readonly why: string }[];
}

/**
 * Rows of one bulk change. The lines of those that are to be sent are reserved again first: a row that had ended has
 * given its line up.
 *
 * @param runAt when the next one may start
 * @throws failed `central-unreachable`
 */
export async function retryRows(
  deps: Pick<RetryDeps, 'core' | 'identifiers'>,
  ids: readonly number[],
  act: Act,
  runAt: () => number,
): Promise<RetriedRows> {
  const { core } = deps;
  const rows: StoredRow[] = [];
  for (const id of ids) {
    const row = await findRow(core.local.read, id);
    if (row !== null) rows.push(row);
  }
  const grants = await reserve(deps, rows);
  const refused: { row: StoredRow; why: string }[] = [];
  let retried = 0;
  await core.local.write(async (trx) => {
    for (const before of rows) {
      const row = await findRow(trx, before.id);
      if (row === null) continue;
      const decision = decideRetry(row);
      const grant = grants.get(row.uid);
      if (decision.kind === 'refuse') {
        refused.push({ row, why: decision.why });
      } else if (needsLease(decision, row.status) && grant?.granted !== true) {
        refused.push({ row, why: `its line is held by ${grant?.heldBy ?? 'another change'}` });
      } else {
        await carryOut(core, trx, row, decision, { act, runAt: runAt(), fencing: grant?.fencing ?? row.fencing });
        retried += 1;
      }
    }
  });
  return { retried, refused };
}

function needsLease(decision: RetryDecision, status: DeviceChangeStatus): boolean {
  return decision.kind === 'send' || (decision.kind === 'ask' && status !== 'unknown');
}

async function reserve(
  deps: Pick<RetryDeps, 'core' | 'identifiers'>,
  rows: readonly StoredRow[],
): Promise<ReadonlyMap<string, LeaseGrant>> {
  const needy = rows.filter((row) => needsLease(decideRetry(row), row.status));
  const [first] = needy;
  if (first === undefined) return new Map();
  const head = await findChangeHead(deps.core.local.read, first.bulkChangeId);
  const { grants } = await deps.identifiers.enrol(enrolChangeOf(head), needy.map(enrolRowOf));
  return new Map(grants.map((grant) => [grant.uid, grant]));
}

interface Order {
  readonly act: Act;
  readonly runAt: number;
  readonly fencing: number;
}

async function carryOut(
  core: ChangesCore,
  trx: Trx,
  row: StoredRow,
  decision: Exclude<RetryDecision, { kind: 'refuse' }>,
  order: Order,
): Promise<void> {
  const fresh = { needsPerson: false, error: null, disposition: null, fencing: order.fencing };
  const forgiven = { sendsForgiven: row.attempts };
  switch (decision.kind) {
    case 'send':
      await mustMove(move(core, trx, row.id, row.status, 'queued', { ...fresh, ...forgiven }));
      await requeue(core, trx, row, sendJob(row, order.runAt), order.act);
      break;
    case 'ask': {
      const requestId = decision.forget ? null : row.requestId;
      if (row.status === 'unknown') {
        const mark = { needsPerson: false, error: null, disposition: null };
        await markNeedsPerson(trx, row.id, mark, core.clock.now());
      } else {
        await mustMove(move(core, trx, row.id, row.status, 'unknown', { ...fresh, ...forgiven, requestId }));
      }
      await requeue(core, trx, row, confirmJob(row, requestId, order.runAt), order.act);
      break;
    }
    case 'apply':
      await mustMove(
        move(core, trx, row.id, row.status, 'confirmed', {
          ...fresh,
          fencing: row.fencing,
          disposition: row.disposition,
        }),
      );
      await requeue(core, trx, row, confirmJob(row, row.requestId, order.runAt, 0), order.act);
      break;
  }
  const details = { was: row.status, how: decision.kind, note: order.act.note };
  await core.audit.record(trx, [rowEvent(row, order.act.by, 'row.retried', details)]);
}

/** The row's dead letter goes on as this job, with its history; a row without one gets a new job. */
async function requeue(core: ChangesCore, trx: Trx, row: StoredRow, job: NewJob, act: Act): Promise<void> {
  const [letter, ...others] = await core.queue.deadOf(trx, row.id);
  const note = { act: 'redriven', by: act.by, detail: act.note } as const;
  if (letter === undefined || !(await core.queue.revive(trx, letter, job, note))) await core.queue.add(trx, [job]);
  if (others.length > 0) await core.queue.removeDead(trx, others);
}

async function mustMove(moved: Promise<boolean>): Promise<void> {
  if (!(await moved)) throw new Error('a row moved inside the transaction that had read it');
}
