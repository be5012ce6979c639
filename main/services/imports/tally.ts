import type { Finding, Verdict } from '../../../shared/domain/finding';

/** Counts rows by verdict and by finding while they are stored; a row with the same finding twice counts once. */
export interface Tally {
  add(verdict: Verdict, findings: readonly Finding[]): void;
  remove(verdict: Verdict, findings: readonly Finding[]): void;
  rows(): number;
  totals(): {
    readonly rows: number;
    readonly valid: number;
    readonly warning: number;
    readonly error: number;
    readonly findings: Readonly<Record<string, number>>;
  };
}

export function createTally(): Tally {
  const verdicts: Record<Verdict, number> = { valid: 0, warning: 0, error: 0 };
  const codes = new Map<string, number>();
  const count = (verdict: Verdict, findings: readonly Finding[], by: 1 | -1): void => {
    verdicts[verdict] += by;
    for (const [index, { code }] of findings.entries()) {
      const isRepeat = findings.findIndex((other) => other.code === code) < index;
      if (!isRepeat) codes.set(code, (codes.get(code) ?? 0) + by);
    }
  };
  const rows = (): number => verdicts.valid + verdicts.warning + verdicts.error;
  return {
    add: (verdict, findings) => count(verdict, findings, 1),
    remove: (verdict, findings) => count(verdict, findings, -1),
    rows,
    totals: () => ({
      rows: rows(),
      ...verdicts,
      findings: Object.fromEntries([...codes].filter(([, times]) => times > 0).sort()),
    }),
  };
}
