import { cleanIdentifier } from '../../../shared/domain/clean-identifier';
import type { Candidate, Finding } from '../../../shared/domain/finding';
import { endOf, remainsOf } from '../../../shared/domain/remains';
import type { ReadDb, Trx } from '../../localdb/types';
import { findCandidates, type CandidateQuestion } from './candidates.repo';
import type { FormRow } from './row.rules';

const COLUMNS = { oldIccid: 'iccid', oldImei: 'imei', mdn: 'mdn' } as const;

/**
 * Adds to each damaged identifier that names a line the lines which agree with what is left of it. Proposals only: a row
 * is never given one of them. Sound rows cost nothing; a whole column with the same damage is asked about once.
 */
export async function proposeLines(
  db: ReadDb | Trx,
  forms: readonly FormRow[],
  providerId: number,
): Promise<readonly FormRow[]> {
  const asked = new Map<string, readonly CandidateQuestion[]>();
  for (const form of forms) {
    for (const finding of form.oldFindings) {
      const questions = questionsOf(finding, form);
      if (questions.length > 0) asked.set(keyOf(finding, form), questions);
    }
  }
  if (asked.size === 0) return forms;
  const answers = await findCandidates(db, providerId, [...asked.values()].flat());
  const proposed = new Map<string, readonly Candidate[]>();
  let at = 0;
  for (const [key, questions] of asked) {
    // The first way to read it that finds lines: digits are more often lost at the end than in front.
    const found = answers.slice(at, at + questions.length).find((candidates) => candidates.length > 0);
    at += questions.length;
    if (found !== undefined) proposed.set(key, found);
  }
  return forms.map((form) => {
    if (form.oldFindings.length === 0) return form;
    const oldFindings = form.oldFindings.map((finding) => {
      const candidates = proposed.get(keyOf(finding, form));
      return candidates === undefined ? finding : { ...finding, candidates: [...candidates] };
    });
    return { ...form, oldFindings };
  });
}

function questionsOf(finding: Finding, form: FormRow): readonly CandidateQuestion[] {
  const field = fieldOf(finding);
  if (field === null || finding.level !== 'error') return [];
  const remains = remainsOf(finding.code, cleanIdentifier(form.text[field] ?? '').text);
  if (remains === null) return [];
  const column = COLUMNS[field];
  const byEnd = endOf(remains);
  return [{ column, remains }, ...(byEnd === null ? [] : [{ column, remains: byEnd }])];
}

function fieldOf({ field }: Finding): keyof typeof COLUMNS | null {
  return field === 'oldIccid' || field === 'oldImei' || field === 'mdn' ? field : null;
}

function keyOf(finding: Finding, form: FormRow): string {
  const field = fieldOf(finding);
  return field === null ? '' : `${field} ${finding.code} ${form.text[field] ?? ''}`;
}
