import { PAGE_LIMIT } from '../../shared/contract/drafts';
import type { Draft, DraftMoved, DraftRow } from '../../shared/contract/drafts';
import type { OutputOf } from '../../shared/contract/index';
import type {
  Draft as StoredDraft,
  DraftMoved as StoredMoved,
  DraftRecheck as StoredRecheck,
  DraftRow as StoredRow,
} from '../services/drafts';
import type { Desk } from './desk';
import { services, type Caller, type HandlersOf } from './handlers';

/** Rows that an act hands back to the screen; the others come with its pages. */
const MOVED_ROWS = 200;

export function draftsHandlers(desk: Desk): Omit<HandlersOf<'drafts'>, 'drafts.exportProblems'> {
  /** What changes a draft changes the list of them too: its counts and its name stand there. */
  const told = <T>(value: T): T => {
    desk.announce('drafts.listChanged', null);
    return value;
  };
  return {
    'drafts.list': async (_input, caller) => (await services(caller).drafts.list()).map(shown),
    'drafts.get': async ({ draftId }, caller) => shown(await services(caller).drafts.get(String(draftId))),
    'drafts.rows': async ({ draftId, ...page }, caller) => {
      const { total, rows } = await services(caller).drafts.rows(draftId, page);
      return { total, rows: rows.map(shownRow) };
    },
    'drafts.plan': async ({ draftId, onlyValid, acceptWarnings, carrierPlan }, caller) => {
      const { drafts, devices, session } = services(caller);
      const draft = await drafts.get(String(draftId));
      const provider = await devices.provider(session, draft.providerUid);
      const plan = await drafts.plan(draft, provider, { onlyValid, acceptWarnings, carrierPlan }, PAGE_LIMIT);
      return {
        ...plan,
        leftOut: plan.leftOut.slice(0, PAGE_LIMIT),
        requests: plan.requests.map((request) => ({ ...request, after: [...request.after] })),
      };
    },
    ...editHandlers(told),
    ...wholeDraftHandlers(told),
  };
}

type Told = <T>(value: T) => T;
type EditNames =
  | 'editCell'
  | 'fixAll'
  | 'exclude'
  | 'include'
  | 'override'
  | 'undo'
  | 'redo'
  | 'addRows'
  | 'fillIn'
  | 'fromLines'
  | 'recheck';

const draftsOf = (caller: Caller) => services(caller).drafts;

function editHandlers(told: Told): Pick<HandlersOf<'drafts'>, `drafts.${EditNames}`> {
  return {
    'drafts.editCell': async ({ draftId, row, field, value }, caller) =>
      told(shownMoved(await draftsOf(caller).editRow(draftId, row, { [field]: value }))),
    'drafts.fixAll': async ({ draftId, code, preview }, caller) => {
      const fix = await draftsOf(caller).fixAll(draftId, code, preview);
      const answer = { ...fix, draft: shown(fix.draft) };
      return preview ? answer : told(answer);
    },
    'drafts.exclude': async ({ draftId, target }, caller) =>
      told(shownMoved(await draftsOf(caller).exclude(draftId, target))),
    'drafts.include': async ({ draftId, target }, caller) =>
      told(shownMoved(await draftsOf(caller).include(draftId, target))),
    'drafts.override': async ({ draftId, target, code, reason }, caller) =>
      told(shownMoved(await draftsOf(caller).override(draftId, target, code, reason))),
    'drafts.undo': async ({ draftId }, caller) => told(shownMoved(await draftsOf(caller).undo(draftId))),
    'drafts.redo': async ({ draftId }, caller) => told(shownMoved(await draftsOf(caller).redo(draftId))),
    'drafts.addRows': async ({ into, rows }, caller) => told(shownMoved(await draftsOf(caller).addRows(into, rows))),
    'drafts.fillIn': async ({ draftId, rows }, caller) =>
      told(shownMoved(await draftsOf(caller).editRows(draftId, rows, `${rows.length} of the rows filled in`))),
    'drafts.fromLines': async ({ lines, ...draft }, caller) =>
      told(shown(await draftsOf(caller).fromLines(draft, lines))),
    'drafts.recheck': async ({ draftId }, caller) => told(shownRecheck(await draftsOf(caller).recheck(draftId))),
  };
}

type WholeNames = 'copy' | 'rename' | 'remove' | 'share' | 'shared' | 'takeOver';

function wholeDraftHandlers(told: Told): Pick<HandlersOf<'drafts'>, `drafts.${WholeNames}`> {
  return {
    'drafts.copy': async ({ draftId, name }, caller) => told(shown(await draftsOf(caller).copy(draftId, name))),
    'drafts.rename': async ({ draftId, name }, caller) => {
      await draftsOf(caller).rename(draftId, name);
      return told(null);
    },
    'drafts.remove': async ({ draftId }, caller) => {
      await draftsOf(caller).delete(draftId);
      return told(null);
    },
    'drafts.share': async ({ draftId, note }, caller) => {
      await draftsOf(caller).share(draftId, note);
      return told(null);
    },
    'drafts.shared': async (_input, caller) => [...(await draftsOf(caller).shared())],
    'drafts.takeOver': async ({ uid }, caller) => told(shown(await draftsOf(caller).takeOver(uid))),
  };
}

function shown(draft: StoredDraft): Draft {
  return { ...draft, findings: { ...draft.findings } };
}

function shownRow(row: StoredRow): DraftRow {
  const { findings, edited, overrides, cells } = row;
  return { ...row, findings: [...findings], edited: [...edited], overrides: [...overrides], cells: { ...cells } };
}

function shownMoved(moved: StoredMoved): DraftMoved {
  return { ...moved, draft: shown(moved.draft), rows: moved.rows.slice(0, MOVED_ROWS).map(shownRow) };
}

function shownRecheck(recheck: StoredRecheck): OutputOf<'drafts.recheck'> {
  return {
    ...recheck,
    draft: shown(recheck.draft),
    differences: recheck.differences.map(({ before, after, ...place }) => ({
      ...place,
      before: { ...before, codes: [...before.codes] },
      after: { ...after, codes: [...after.codes] },
    })),
  };
}
