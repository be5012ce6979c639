import { NO_OPTIONS } from '../../../shared/domain/control';
import { workFailed } from '../../../shared/domain/fault';
import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { LocalDb } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { DevicesService } from '../devices/types';
import type { Draft, DraftRow, DraftsService } from '../drafts/types';
import type { IdentityService, Session } from '../identity/types';
import { insertBulkChange } from './bulk.repo';
import type { SubmitInput, SubmitResult } from './types';

export interface SubmitDeps {
  readonly local: LocalDb;
  readonly drafts: Pick<DraftsService, 'get' | 'recheck' | 'plan' | 'takeRows' | 'removeRows'>;
  readonly devices: Pick<DevicesService, 'provider'>;
  readonly identity: Pick<IdentityService, 'require'>;
  readonly audit: Pick<AuditService, 'record'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Makes a bulk change of a draft's rows. The plan is made before and compared inside the transaction: what is stored
 * is what its hash stands for, whatever happened to the draft in between.
 */
export async function submitDraft(deps: SubmitDeps, session: Session, input: SubmitInput): Promise<SubmitResult> {
  deps.identity.require(session, 'changes.submit');
  const found = await deps.drafts.get(input.draft);
  // What the verdicts rest on may have moved since they were made, here or at the carrier.
  const { draft, verdictsMoved } = await deps.drafts.recheck(found.id);
  if (verdictsMoved > 0) throw verdictsHaveMoved(draft, verdictsMoved);
  refuseUnready(draft, input);
  const provider = await deps.devices.provider(session, draft.providerUid);
  const options = input.options ?? NO_OPTIONS;
  const { onlyValid, acceptWarnings } = input;
  const choice = { onlyValid, acceptWarnings, carrierPlan: options.carrierPlan };
  const plan = await deps.drafts.plan(draft, provider, choice, 0);
  if (input.planHash !== undefined && input.planHash !== plan.planHash) throw planMoved(draft);
  const change = {
    uid: deps.ids.uid(),
    name: draft.name,
    providerUid: provider.uid,
    providerName: provider.name,
    portal: provider.portal,
    changeType: draft.changeType,
    planHash: plan.planHash,
    createdAt: deps.clock.now(),
    createdBy: session.userName,
    options,
    rollbackOf: null,
    draftUid: draft.uid,
  };
  return deps.local.write(async (trx) => {
    const { rows: taken, planHash } = await deps.drafts.takeRows(trx, draft, provider, choice);
    if (taken.length === 0) throw nothingToSubmit(draft, plan.leftOut.length);
    if (planHash !== plan.planHash) throw draftChanged(draft);
    const rows = taken.map((row) => ({ ...row, uid: deps.ids.uid(), deviceId: lineOf(row) }));
    const bulkChangeId = await insertBulkChange(trx, change, rows);
    await deps.drafts.removeRows(
      trx,
      draft.id,
      taken.map((row) => row.row),
    );
    await deps.audit.record(trx, [
      {
        stream: provider.portal,
        actor: session.userName,
        action: 'change.submitted',
        provider: provider.uid,
        change: change.uid,
        details: {
          name: change.name,
          changeType: change.changeType,
          rows: rows.length,
          planHash: change.planHash,
          draft: draft.uid,
          source: draft.sourceName,
          warningsAccepted: input.acceptWarnings,
          options: { ...change.options },
        },
      },
    ]);
    return { bulkChangeId, uid: change.uid, rows: rows.length, planHash: change.planHash };
  });
}

function refuseUnready(draft: Draft, input: SubmitInput): void {
  if (input.onlyValid) return;
  if (draft.error > 0) {
    throw workFailed({
      code: 'rows-with-errors',
      what: 'Nothing was submitted: rows of the draft have errors',
      where: `draft ${draft.id} (${draft.name})`,
      why: `${draft.error} of ${draft.rows} rows cannot be sent`,
      todo: 'Correct them, or submit the others with --only valid; the rows with errors then stay in the draft.',
    });
  }
  if (draft.warning > 0 && !input.acceptWarnings) {
    throw workFailed({
      code: 'warnings-not-accepted',
      what: 'Nothing was submitted: rows of the draft have warnings',
      where: `draft ${draft.id} (${draft.name})`,
      why: `${draft.warning} of ${draft.rows} rows have warnings that nobody has accepted`,
      todo: 'Look at them, then submit with --accept-warnings, or leave them out with --only valid.',
    });
  }
}

function verdictsHaveMoved(draft: Draft, rows: number): Error {
  return workFailed({
    code: 'verdicts-moved',
    what: 'Nothing was submitted: rows of the draft have another verdict now',
    where: `draft ${draft.id} (${draft.name})`,
    why: `the lines or the open changes have moved since the rows were checked; ${rows} of ${draft.rows} verdicts are others`,
    todo: 'Look at the draft as it is now, and submit it again.',
  });
}

/** What is sent is what was shown: a draft that moved since its dry run is shown again first. */
function planMoved(draft: Draft): Error {
  return workFailed({
    code: 'plan-moved',
    what: 'Nothing was submitted: the draft is no longer what its dry run showed',
    where: `draft ${draft.id} (${draft.name})`,
    todo: 'Look at the dry run again, then submit with its hash.',
  });
}

function nothingToSubmit(draft: Draft, leftOut: number): Error {
  return workFailed({
    code: 'nothing-to-submit',
    what: 'Nothing was submitted: the draft has no row that may be sent',
    where: `draft ${draft.id} (${draft.name})`,
    why: `of ${draft.rows} rows ${draft.valid} are valid, ${draft.warning} have warnings, ${draft.error} have errors${
      leftOut === 0 ? '' : `; ${leftOut} wait for a row that is not sent`
    }`,
    todo: 'Correct the rows, or accept the warnings with --accept-warnings.',
  });
}

/** The rows inside the transaction must be the planned ones, to the last digit of every request. */
function draftChanged(draft: Draft): Error {
  return workFailed({
    code: 'draft-changed',
    what: 'Nothing was submitted: the draft was changed while it was being submitted',
    where: `draft ${draft.id} (${draft.name})`,
    todo: 'Look at the draft again and submit it once more.',
  });
}

function lineOf(row: DraftRow): number {
  if (row.deviceId === null) throw new Error(`row ${row.row} may be submitted but names no line`);
  return row.deviceId;
}
