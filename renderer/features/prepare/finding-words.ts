import type { DraftRow } from '../../../shared/contract/drafts';
import type { Finding } from '../../../shared/domain/finding';

const WEIGHT = { error: 2, warning: 1, info: 0 } as const;

const ABBREVIATIONS = /\b(iccid|imei|eid|mdn)\b/g;

/** `iccid-check-digit` → `ICCID check digit`: the code itself is the short word. */
export function shortWords(code: string): string {
  return code.replaceAll('-', ' ').replace(ABBREVIATIONS, (word) => word.toUpperCase());
}

export function byGravity(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((one, other) => WEIGHT[other.level] - WEIGHT[one.level]);
}

/** The worst finding in short words, and how many more there are. */
export function worstWords(row: Pick<DraftRow, 'findings' | 'verdict'>): string {
  const [worst, ...others] = byGravity(row.findings);
  if (worst === undefined || worst.level === 'info') return 'valid';
  const more = others.filter((finding) => finding.level !== 'info').length;
  return more === 0 ? shortWords(worst.code) : `${shortWords(worst.code)} + ${more} more`;
}
