import type { Finding } from '../../../shared/domain/finding';
import { makeFinding, type FindingCode } from '../../../shared/domain/finding-catalogue';
import type { MirrorLine, MirrorView, Named, Names } from './mirror-view';
import type { FormRow } from './row.rules';

/** Names as they are spelled, or as they stand where nobody has them. */
export interface Assignment {
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
}

const FAR_DAYS = 366;

/** Customer, rate plan, pool and their day: known, belonging together, on a day that can be meant. */
export function judgeAssignment(
  form: FormRow,
  line: MirrorLine | null,
  view: MirrorView,
  findings: Finding[],
): Assignment {
  const customer = known(form, 'customer', view.customers, 'customer-unknown', findings, view);
  const plan = known(form, 'ratePlan', view.ratePlans, 'rate-plan-unknown', findings, view);
  const pool = known(form, 'ratePool', view.ratePools, 'rate-pool-unknown', findings, view);
  const customerId = form.customer === null ? (line?.customerId ?? null) : (customer?.id ?? null);
  const together = (
    field: 'ratePlan' | 'ratePool',
    named: Named | null,
    customersOf: MirrorView['planCustomers'],
    code: FindingCode,
  ): void => {
    if (named === null || customerId === null) return;
    // Nothing but the lines tells whose a plan is: one that no line has yet may be anybody's.
    const others = customersOf.get(named.id);
    if (others === undefined || others.has(customerId)) return;
    const evidence = `lines of ${others.size} other customer${others.size === 1 ? '' : 's'} have it, none of this one's`;
    findings.push(makeFinding(code, field, { seen: named.name, evidence, data: view.data }));
  };
  together('ratePlan', plan, view.planCustomers, 'rate-plan-other-customer');
  together('ratePool', pool, view.poolCustomers, 'rate-pool-other-customer');
  judgeDate(form, view, findings);
  return {
    customer: customer?.name ?? form.customer,
    ratePlan: plan?.name ?? form.ratePlan,
    ratePool: pool?.name ?? form.ratePool,
  };
}

function known(
  form: FormRow,
  field: 'customer' | 'ratePlan' | 'ratePool',
  names: Names,
  code: FindingCode,
  findings: Finding[],
  view: MirrorView,
): Named | null {
  const stated = form[field];
  if (stated === null) return null;
  const named = names.get(stated.toLowerCase());
  if (named === undefined) findings.push(makeFinding(code, field, { seen: stated, data: view.data }));
  return named ?? null;
}

function judgeDate(form: FormRow, { today }: MirrorView, findings: Finding[]): void {
  const { effectiveDate, customer, ratePlan, ratePool } = form;
  if (effectiveDate === null || findings.some(({ code }) => code === 'effective-date-invalid')) return;
  if (customer === null && ratePlan === null && ratePool === null) {
    findings.push(makeFinding('effective-date-alone', 'effectiveDate', { seen: effectiveDate }));
  }
  const evidence = `today is ${today}`;
  if (effectiveDate < today) {
    findings.push(makeFinding('effective-date-past', 'effectiveDate', { seen: effectiveDate, evidence }));
  } else if (Date.parse(effectiveDate) - Date.parse(today) > FAR_DAYS * 86_400_000) {
    findings.push(makeFinding('effective-date-far', 'effectiveDate', { seen: effectiveDate, evidence }));
  }
}
