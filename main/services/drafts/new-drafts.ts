import { changedKinds, type ChangeType } from '../../../shared/domain/change';
import { fieldSchema, type Field } from '../../../shared/domain/finding';
import { usageError } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';
import { act } from './acts';
import { hideDraft, removeHiddenRows } from './drafts.repo';
import type { EditDeps } from './editing';
import { beginCopy, chooseLines, copyRows, finishCopy, insertDraft } from './new-drafts.repo';
import { portalOf } from './portal.repo';
import { loadDraft } from './edits.repo';
import { draftUnfinished, draftUnknown } from './refusals';
import { FIELD_NAMES } from './words.rules';
import type { Cells, Draft, DraftsService, NewDraft } from './types';

type NewCalls = Pick<DraftsService, 'addRows' | 'fromLines' | 'copy'>;

const COPIED_AT_ONCE = 5_000;
const MOST_LINES = 100_000;

/** Drafts that begin without a file: typed, pasted, scanned, from lines, or as a copy. */
export function createNewDraftCalls(deps: EditDeps): NewCalls {
  const create = async (draft: NewDraft, sourceName: string, fields: ReadonlySet<Field>): Promise<number> => {
    refuseForeign(deps, draft);
    const columns = Object.fromEntries([...fields].map((field) => [field, FIELD_NAMES[field]]));
    return deps.local.write(async (trx) => {
      const made = { ...draft, ...ownOf(deps), sourceName, columns: JSON.stringify(columns) };
      const id = await insertDraft(trx, made);
      await note(deps, trx, 'draft.created', draft.providerUid, { draft: made.uid, source: sourceName });
      return id;
    });
  };

  const add = (draftId: number, rows: readonly Cells[]) => act(deps, draftId, { order: { kind: 'add', rows } });

  /** A draft that could not be filled is not left behind empty. */
  const fill = async (draftId: number, rows: readonly Cells[]) => {
    try {
      return await add(draftId, rows);
    } catch (error) {
      await deps.local.write((trx) => hideDraft(trx, draftId));
      await deps.local.write((trx) => removeHiddenRows(trx, draftId, rows.length));
      throw error;
    }
  };

  return {
    async addRows(into, rows) {
      const draftId =
        'draftId' in into ? into.draftId : await create(into, 'typed rows', fieldsOf(into.changeType, rows));
      const outcome = await ('draftId' in into ? add(draftId, rows) : fill(draftId, rows));
      return {
        draft: await deps.get(draftId),
        moved: outcome.moved,
        rows: await deps.rowsOf(draftId, outcome.rows),
        done: outcome.words,
      };
    },
    async fromLines(draft, choice) {
      const lines = await chooseLines(deps.local.read, draft.providerUid, choice, MOST_LINES + 1);
      refuseChoice(lines.length);
      const rows = lines.map(({ id, iccid, imei, mdn }): Cells => ({
        deviceId: String(id),
        oldIccid: iccid,
        ...(imei === null ? {} : { oldImei: imei }),
        ...(mdn === null ? {} : { mdn }),
      }));
      const draftId = await create(draft, 'chosen lines', fieldsOf(draft.changeType, rows));
      await fill(draftId, rows);
      return deps.get(draftId);
    },
    copy: (draftId, name) => deps.inTurn(draftId, () => copyDraft(deps, draftId, name)),
  };
}

function ownOf(deps: EditDeps) {
  return { uid: deps.ids.uid(), createdAtMs: deps.clock.now(), createdBy: deps.actor().userName };
}

async function note(
  deps: EditDeps,
  trx: Trx,
  action: string,
  provider: string,
  details: Readonly<Record<string, string>>,
): Promise<void> {
  const stream = await portalOf(trx, provider);
  await deps.audit.record(trx, [{ stream, actor: deps.actor().userName, action, provider, details }]);
}

/** The columns of a list without a file: what the rows name, and what the change is about. */
function fieldsOf(changeType: ChangeType, rows: readonly Cells[]): ReadonlySet<Field> {
  const fields = new Set<Field>(changedKinds(changeType).map((kind) => (kind === 'iccid' ? 'newIccid' : 'newImei')));
  for (const cells of rows) for (const field of fieldSchema.options) if (cells[field] !== undefined) fields.add(field);
  return fields;
}

async function copyDraft(deps: EditDeps, draftId: number, name: string): Promise<Draft> {
  const { uid: original, providerUid } = await deps.get(draftId);
  const made = { ...ownOf(deps), name, pid: process.pid };
  const copyId = await deps.local.write(async (trx) => {
    // What is half done would be half done in the copy for ever.
    if ((await loadDraft(trx, draftId))?.unjudged === true) throw draftUnfinished(draftId);
    return beginCopy(trx, draftId, made);
  });
  if (copyId === null) throw draftUnknown(String(draftId));
  for (let after: number | null = 0; after !== null;) {
    const from: number = after;
    after = await deps.local.write((trx) => copyRows(trx, draftId, copyId, from, COPIED_AT_ONCE));
  }
  await deps.local.write(async (trx) => {
    await finishCopy(trx, copyId);
    await note(deps, trx, 'draft.copied', providerUid, { draft: made.uid, from: original, name });
  });
  return deps.get(copyId);
}

function refuseForeign({ actor }: EditDeps, { providerUid }: NewDraft): void {
  const { providerUids } = actor();
  if (providerUids === null || providerUids.includes(providerUid)) return;
  throw usageError({
    code: 'provider-unknown',
    what: 'There is no such service provider, or you may not see it',
    where: providerUid,
  });
}

function refuseChoice(lines: number): void {
  if (lines > 0 && lines <= MOST_LINES) return;
  throw usageError({
    code: lines === 0 ? 'no-lines-chosen' : 'too-many-lines',
    what: lines === 0 ? 'No line of this service provider fits' : 'So many lines don’t fit into one draft',
    why:
      lines === 0
        ? 'the local copy has none that fits the choice'
        : `at most ${MOST_LINES.toLocaleString('en-US')} may be chosen`,
    todo: lines === 0 ? 'Take the filter away, or run sync.' : 'Choose fewer lines.',
  });
}
