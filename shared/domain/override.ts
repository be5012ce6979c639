import { z } from 'zod';
import { verdictOf, type Finding, type Verdict } from './finding';
import { findingRule } from './finding-catalogue';
import { isAllowed, PERMISSIONS_OF, type AccountRole } from './permission';

/** Somebody took responsibility for a finding of one row. Kept with the row and in the audit trail. */
export const overrideSchema = z.object({
  code: z.string(),
  reason: z.string(),
  by: z.string(),
  /** ISO 8601. */
  at: z.string(),
});
export type Override = z.infer<typeof overrideSchema>;

/** Whether a role may do everything that the least role of the finding may; false also for what nobody can override. */
export function mayOverride(role: AccountRole, code: string): boolean {
  const least = findingRule(code)?.overridable ?? null;
  return least !== null && PERMISSIONS_OF[least].every((permission) => isAllowed(role, permission));
}

/** The verdict of a row whose overridden findings no longer count. An error stays one, whatever is said of it. */
export function verdictWith(findings: readonly Finding[], overrides: readonly Override[]): Verdict {
  if (overrides.length === 0) return verdictOf(findings);
  const accepted = new Set(overrides.map(({ code }) => code));
  return verdictOf(
    findings.filter(({ code }) => !accepted.has(code) || (findingRule(code)?.overridable ?? null) === null),
  );
}
