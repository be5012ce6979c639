import type { DeviceChangeRow } from '../../shared/contract/changes';
import type { DeviceChangeRow as StoredRow } from '../services/changes';
import type { Desk } from './desk';
import { services, type Caller, type HandlersOf } from './handlers';

export function changesHandlers(desk: Desk): HandlersOf<'changes'> {
  return {
    'changes.submit': async ({ draftId, onlyValid, acceptWarnings, planHash, options }, caller) => {
      const signedIn = services(caller);
      const result = await signedIn.changes.submit(signedIn.session, {
        draft: String(draftId),
        onlyValid,
        acceptWarnings,
        planHash,
        ...(options === undefined ? {} : { options }),
      });
      desk.announce('drafts.listChanged', null);
      return result;
    },
    'changes.list': async (page, caller) => {
      const { total, changes } = await services(caller).changes.list(page);
      return { total, changes: [...changes] };
    },
    'changes.get': ({ changeId }, caller) => services(caller).changes.get(String(changeId)),
    'changes.rows': async ({ changeId, only, limit, offset }, caller) => {
      const page = { limit, offset, ...(only === null ? {} : { only }) };
      const { total, rows } = await services(caller).changes.rows(changeId, page);
      return { total, rows: rows.map(shownRow) };
    },
    ...controlHandlers(),
    ...afterHandlers(),
  };
}

const actOf = (caller: Caller, note: string): { by: string; note: string } => ({
  by: services(caller).session.userName,
  note,
});

function shownRow(row: StoredRow): DeviceChangeRow {
  return { ...row, checklist: row.checklist === null ? null : [...row.checklist] };
}

type Control = 'pause' | 'resume' | 'stop' | 'cancel' | 'tick' | 'retry';

/** What a person wants of a change under way. */
function controlHandlers(): Pick<HandlersOf<'changes'>, `changes.${Control}`> {
  return {
    'changes.pause': ({ changeId, note }, caller) =>
      services(caller).changes.pause(String(changeId), actOf(caller, note)),
    'changes.resume': ({ changeId, note }, caller) =>
      services(caller).changes.resume(String(changeId), actOf(caller, note)),
    'changes.stop': ({ changeId, note }, caller) =>
      services(caller).changes.stop(String(changeId), actOf(caller, note)),
    'changes.cancel': ({ changeId, note }, caller) =>
      services(caller).changes.cancel(String(changeId), actOf(caller, note)),
    'changes.tick': async ({ changeId, row, step, done }, caller) =>
      shownRow(await services(caller).changes.tick(String(changeId), row, step, done, actOf(caller, ''))),
    'changes.retry': async ({ changeId, rows, cluster }, caller) => {
      const choice = { ...(rows === null ? {} : { rows }), ...(cluster === null ? {} : { cluster }) };
      const done = await services(caller).changes.retry(String(changeId), choice, actOf(caller, ''));
      return { retried: done.retried, refused: [...done.refused] };
    },
  };
}

type After = 'clusters' | 'eta' | 'timeline' | 'rollbackPlan' | 'rollback' | 'silent';

/** What became of a change, and the way back. */
function afterHandlers(): Pick<HandlersOf<'changes'>, `changes.${After}`> {
  return {
    'changes.clusters': async ({ changeId }, caller) =>
      (await services(caller).changes.clusters(String(changeId))).map((one) => ({ ...one, sample: [...one.sample] })),
    'changes.eta': ({ changeId }, caller) => services(caller).changes.eta(String(changeId)),
    'changes.timeline': async ({ changeId, row }, caller) =>
      (await services(caller).changes.timeline(String(changeId), row)).map((step) => ({
        ...step,
        details: { ...step.details },
      })),
    'changes.rollbackPlan': async ({ changeId, limit, offset }, caller) => {
      const plan = await services(caller).changes.rollbackPlan(String(changeId), { limit, offset });
      return { ...plan, counts: { ...plan.counts }, rows: [...plan.rows] };
    },
    'changes.rollback': async ({ changeId, rows }, caller) => {
      const { changes, session } = services(caller);
      return changes.rollback(session, String(changeId), rows);
    },
    'changes.silent': async ({ hours, limit }, caller) => [
      ...(await services(caller).changes.silent(hours * HOUR_MS, limit)),
    ],
  };
}

const HOUR_MS = 3_600_000;
