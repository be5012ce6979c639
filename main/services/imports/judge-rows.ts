import type { ChangeType } from '../../../shared/domain/change';
import { makeFinding } from '../../../shared/domain/finding-catalogue';
import type { ReadDb, Trx } from '../../localdb/types';
import { proposeLines } from './candidates';
import type { StoredRow } from './imports.repo';
import { judgeRow, lineKeyOf, type Hits, type JudgedRow } from './line.rules';
import { findLines, type Question } from './look-up.repo';
import type { MirrorView } from './mirror-view';
import { loadMirrorView } from './mirror-view.repo';
import type { FormRow } from './row.rules';

/** A row with everything that was found out about it by itself. */
export interface JudgedForm extends JudgedRow {
  readonly form: FormRow;
  readonly hits: Hits;
}

/** @returns `view` null: there is no mirror of this provider, and rows are judged by their form alone */
export async function loadView(
  db: ReadDb,
  providerUid: string,
  nowMs: number,
): Promise<{ readonly view: MirrorView | null; readonly mirrorAtMs: number | null }> {
  return (await loadMirrorView(db, providerUid, nowMs)) ?? { view: null, mirrorAtMs: null };
}

/** Rows with what the look-up found for each; `found` null: there is no mirror. */
export interface LookedUp {
  readonly forms: readonly FormRow[];
  readonly found: readonly Hits[] | null;
}

/** Finds the lines of all rows at once. */
export async function lookUpForms(
  db: ReadDb | Trx,
  read: readonly FormRow[],
  view: MirrorView | null,
): Promise<LookedUp> {
  if (view === null) return { forms: read, found: null };
  const forms = await proposeLines(db, read, view.providerId);
  const questions = forms.map(({ deviceId, text, sound }): Question => ({
    deviceId,
    oldIccid: text.oldIccid,
    oldImei: text.oldImei,
    mdn: text.mdn,
    newIccid: sound.newIccid,
    newImei: sound.newImei,
  }));
  return { forms, found: await findLines(db, view.providerId, questions) };
}

/** Judges one row by itself: the same for an import and for a row that was edited. */
export function judgeForm(
  form: FormRow,
  hits: Hits | undefined,
  view: MirrorView | null,
  changeType: ChangeType,
): JudgedForm {
  const known = hits ?? NO_HITS;
  const judged = view === null ? judgeFormOnly(form) : judgeRow(form, known, view, changeType);
  const { line, findings, occupied, customer, ratePlan, ratePool } = judged;
  // Written out: spreading an object into another takes longer than judging the row.
  return { line, findings, occupied, customer, ratePlan, ratePool, form, hits: known };
}

const NO_HITS: Hits = {};

/** Without a mirror nothing says whether an odd identifier is right all the same. */
function judgeFormOnly(form: FormRow): JudgedRow {
  const { customer, ratePlan, ratePool } = form;
  const findings = [...form.findings, ...form.oldFindings, makeFinding('mirror-empty', null)];
  return { line: null, findings, occupied: [], customer, ratePlan, ratePool };
}

/** What `draft_row` shows of a row: what it says, and what its line adds. */
export type RowFacts = Omit<StoredRow, 'verdict' | 'findings' | 'raw' | 'extra'>;

export function factsOf({ form, line, customer, ratePlan, ratePool }: JudgedForm): RowFacts {
  return {
    row: form.row,
    line: form.line,
    lineKey: lineKeyOf(form),
    deviceId: line?.id ?? null,
    mdn: form.text.mdn ?? line?.mdn ?? null,
    oldIccid: form.text.oldIccid ?? line?.iccid ?? null,
    oldImei: form.text.oldImei ?? line?.imei ?? null,
    newIccid: form.text.newIccid,
    newImei: form.text.newImei,
    customer,
    ratePlan,
    ratePool,
    effectiveDate: form.effectiveDate,
    note: form.note,
  };
}
