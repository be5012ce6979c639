import type { DraftRow } from '../../../../shared/contract/drafts';
import type { Finding, FindingLevel } from '../../../../shared/domain/finding';
import { findingRule } from '../../../../shared/domain/finding-catalogue';

const WEIGHT: Readonly<Record<FindingLevel, number>> = { error: 2, warning: 1, info: 0 };

const ABBREVIATIONS = /\b(iccid|imei|eid|mdn)\b/g;

/** `iccid-check-digit` → `ICCID check digit`: the code itself is the short word. */
export function shortWords(code: string): string {
  return code.replaceAll('-', ' ').replace(ABBREVIATIONS, (word) => word.toUpperCase());
}

export function byGravity(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((one, other) => WEIGHT[other.level] - WEIGHT[one.level]);
}

/** The worst finding in short words, and how many more there are; what somebody took responsibility for is said so. */
export function worstWords(row: Pick<DraftRow, 'findings' | 'overrides' | 'verdict'>): string {
  const accepted = row.overrides.map(({ code }) => code);
  const grave = byGravity(row.findings).filter(({ level }) => level !== 'info');
  const [worst, ...others] = grave.filter(({ code }) => !accepted.includes(code));
  if (worst === undefined) return grave.length === 0 ? 'valid' : 'accepted';
  return others.length === 0 ? shortWords(worst.code) : `${shortWords(worst.code)} + ${others.length} more`;
}

/** Findings of a whole draft, the gravest and most frequent first. */
export function findingsByGravity(findings: Readonly<Record<string, number>>) {
  return Object.entries(findings)
    .map(([code, rows]) => ({ code, rows, level: findingRule(code)?.level ?? 'info' }))
    .sort((one, other) => WEIGHT[other.level] - WEIGHT[one.level] || other.rows - one.rows);
}

/** The colour and sign of a level. */
export const TONES = { error: 'bad', warning: 'warn', info: 'rest' } as const;
