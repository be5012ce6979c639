import type { IdentifierPair } from '../../../shared/domain/change';
import { changedKinds } from '../../../shared/domain/change';
import { NO_OPTIONS, type Reversibility } from '../../../shared/domain/control';
import { reversibilityOf } from '../../../shared/domain/reversible';
import { workFailed } from '../../../shared/domain/fault';
import { canonicalText, sha256 } from '../../lib/canonical';
import type { DevicesService } from '../devices/types';
import type { IdentityService, Session } from '../identity/types';
import { insertBulkChange, type NewDeviceChange } from './bulk.repo';
import type { ChangesCore } from './core';
import { getChange } from './find-change';
import { findChangedRows, type ChangedRow } from './rollback.repo';
import type { BulkChange, RollbackPlan, RollbackResult, RollbackRow } from './types';

/**
 * A rollback is a change like any other: the inverse of the rows whose lines are as the change left them, submitted,
 * leased, sent, proven and audited by the same steps. The rows that it takes back become `rolled_back` when theirs are
 * processed.
 */
export interface RollbackDeps {
  readonly core: ChangesCore;
  readonly devices: Pick<DevicesService, 'provider'>;
  readonly identity: Pick<IdentityService, 'require'>;
}

const ROWS_A_PAGE = 2_000;
const DAY_MS = 86_400_000;

export async function rollbackPlan(
  core: ChangesCore,
  idOrUid: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<RollbackPlan> {
  const change = await getChange(core, idOrUid);
  const counts: Record<Reversibility['kind'], number> = { reversible: 0, conditional: 0, not: 0 };
  const rows: RollbackRow[] = [];
  let index = 0;
  for await (const changed of changedRows(core, change)) {
    const reversibility = judge(core, change, changed);
    counts[reversibility.kind] += 1;
    if (index >= page.offset && rows.length < page.limit) rows.push({ ...inverseOf(change, changed), reversibility });
    index += 1;
  }
  return { total: index, counts, rows };
}

export async function rollback(
  deps: RollbackDeps,
  session: Session,
  idOrUid: string,
  rowNumbers: readonly number[] | null,
): Promise<RollbackResult> {
  const { core } = deps;
  deps.identity.require(session, 'changes.submit');
  const change = await getChange(core, idOrUid);
  const provider = await deps.devices.provider(session, change.providerUid);
  const rows: NewDeviceChange[] = [];
  let left = 0;
  for await (const changed of changedRows(core, change, rowNumbers ?? undefined)) {
    if (judge(core, change, changed).kind === 'not') left += 1;
    else rows.push(newRow(core, change, changed));
  }
  if (rows.length === 0) throw nothingToRollBack(change, left);
  const head = {
    uid: core.ids.uid(),
    name: `Rollback of ${change.name}`,
    providerUid: provider.uid,
    providerName: provider.name,
    portal: provider.portal,
    changeType: change.changeType,
    planHash: planHashOf(change, rows),
    createdAt: core.clock.now(),
    createdBy: session.userName,
    options: NO_OPTIONS,
    rollbackOf: change.uid,
    draftUid: null,
  };
  const bulkChangeId = await core.local.write(async (trx) => {
    const id = await insertBulkChange(trx, head, rows);
    const details = { name: head.name, rows: rows.length, left, planHash: head.planHash, rollbackOf: change.uid };
    const base = { stream: provider.portal, actor: session.userName, provider: provider.uid } as const;
    await core.audit.record(trx, [
      { ...base, action: 'change.submitted', change: head.uid, details },
      { ...base, action: 'change.rollback-begun', change: change.uid, details: { ...details, by: head.uid } },
    ]);
    return id;
  });
  return { bulkChangeId, uid: head.uid, rows: rows.length, left };
}

async function* changedRows(
  core: ChangesCore,
  change: BulkChange,
  rows?: readonly number[],
): AsyncGenerator<ChangedRow> {
  for (let afterRow = 0; ;) {
    const page = await findChangedRows(core.local.read, change.id, {
      afterRow,
      limit: ROWS_A_PAGE,
      ...(rows === undefined ? {} : { rows }),
    });
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    afterRow = last.row;
  }
}

function judge(core: ChangesCore, change: BulkChange, row: ChangedRow): Reversibility {
  return reversibilityOf({
    changeType: change.changeType,
    old: row.old,
    assigns: row.assigns,
    carrierPlan: change.options.carrierPlan,
    oldTakenBy: row.oldTakenBy,
    changedSince: !isAsChanged(change, row),
    ageDays: (core.clock.now() - row.processedAt) / DAY_MS,
  });
}

/** A mirror that has not heard of the change yet shows the old pair: that is no other change. */
function isAsChanged(change: BulkChange, row: ChangedRow): boolean {
  const { now } = row;
  if (now === null) return false;
  const kinds = changedKinds(change.changeType);
  const has = (pair: IdentifierPair): boolean => kinds.every((kind) => now[kind] === pair[kind]);
  return has(row.new) || has(row.old);
}

function inverseOf(change: BulkChange, row: ChangedRow): Pick<RollbackRow, 'row' | 'mdn' | 'from' | 'to'> {
  const kinds = changedKinds(change.changeType);
  const only = (pair: IdentifierPair): IdentifierPair =>
    Object.fromEntries(kinds.flatMap((kind) => (pair[kind] === undefined ? [] : [[kind, pair[kind]]])));
  return { row: row.row, mdn: row.mdn, from: { ...row.old, ...row.new }, to: only(row.old) };
}

function newRow(core: ChangesCore, change: BulkChange, changed: ChangedRow): NewDeviceChange {
  const { row, mdn, from, to } = inverseOf(change, changed);
  return {
    ...{ row, mdn, old: from, new: to, uid: core.ids.uid(), deviceId: changed.deviceId, rollbackOf: changed.uid },
    ...{ customer: null, ratePlan: null, ratePool: null, effectiveDate: null },
  };
}

function planHashOf(change: BulkChange, rows: readonly NewDeviceChange[]): string {
  const planned = rows.map(({ row, deviceId, mdn, old, new: wanted }) => ({ row, deviceId, mdn, old, new: wanted }));
  return sha256(
    canonicalText({ format: 'swapdesk-rollback-1', of: change.uid, changeType: change.changeType, rows: planned }),
  );
}

function nothingToRollBack(change: BulkChange, left: number): Error {
  return workFailed({
    code: 'nothing-to-roll-back',
    what: 'Nothing was submitted: no row of the change can be taken back',
    where: `change ${change.id} (${change.name})`,
    why: left === 0 ? 'none of its rows is processed' : `none of its ${left} processed rows is reversible any more`,
    todo: 'Look at the reasons with `swapdesk change rollback --plan`.',
  });
}
