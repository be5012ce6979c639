import type { ChangeType } from '../../../shared/domain/change';
import type { Finding } from '../../../shared/domain/finding';
import { makeFinding, type FindingCode } from '../../../shared/domain/finding-catalogue';
import type { LineStatus } from '../../../shared/domain/line';
import { LINE_FIELDS, type FormRow, type LineField, type NewField } from './row.rules';

/** A line of the mirror, as far as an import needs it. */
export interface MirrorLine {
  readonly id: number;
  readonly providerId: number;
  readonly iccid: string;
  readonly imei: string | null;
  readonly mdn: string | null;
  readonly status: LineStatus;
}

/** What the look-up found for one row, by the field that named it. */
export type Hits = Readonly<Partial<Record<LineField | NewField, readonly MirrorLine[]>>>;

/** What all rows are judged against. */
export interface MirrorView {
  readonly providerId: number;
  /** ISO 8601; shown as the age of the data behind a verdict. */
  readonly mirrorAt: string;
  /** Names as they are spelled, by their lower-case form. */
  readonly customers: ReadonlyMap<string, string>;
  readonly ratePlans: ReadonlyMap<string, string>;
  readonly ratePools: ReadonlyMap<string, string>;
  /** Open changes: line number → bulk change number, and new identifier → bulk change number. */
  readonly openLines: ReadonlyMap<number, number>;
  readonly openTargets: ReadonlyMap<string, number>;
}

/** A row whose new identifier is on another line: the whole list decides whether that is a chain. */
export interface OccupiedTarget {
  readonly field: NewField;
  readonly ownerId: number;
}

export interface JudgedRow {
  readonly line: MirrorLine | null;
  readonly findings: readonly Finding[];
  readonly occupied: readonly OccupiedTarget[];
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
}

/** Judges a row against the mirror: its line, its targets, its customer and plan. */
export function judgeRow(form: FormRow, hits: Hits, view: MirrorView, changeType: ChangeType): JudgedRow {
  const findings: Finding[] = [...form.findings];
  const evidence = `local copy of ${view.mirrorAt}`;
  const line = findLine(form, hits, findings, evidence);
  for (const odd of form.oldFindings) {
    // The line really has this identifier, however odd it looks. Repairs are told all the same.
    if (odd.level === 'info' || line === null || !isConfirmed(odd, form, line)) findings.push(odd);
  }
  const occupied: OccupiedTarget[] = [];
  if (line !== null) judgeLine(line, view, findings, evidence);
  for (const field of ['newIccid', 'newImei'] as const) {
    const target = form.sound[field];
    if (target === null) continue;
    const owner = judgeTarget(field, target, line, hits[field]?.[0], view, changeType, findings, evidence);
    if (owner !== null) occupied.push({ field, ownerId: owner.id });
  }
  const known = (
    field: 'customer' | 'ratePlan' | 'ratePool',
    names: ReadonlyMap<string, string>,
    code: FindingCode,
  ): string | null => {
    const stated = form[field];
    if (stated === null) return null;
    const spelled = names.get(stated.toLowerCase());
    if (spelled === undefined) findings.push(makeFinding(code, field, { seen: stated, evidence }));
    return spelled ?? stated;
  };
  return {
    line,
    occupied,
    customer: known('customer', view.customers, 'customer-unknown'),
    ratePlan: known('ratePlan', view.ratePlans, 'rate-plan-unknown'),
    ratePool: known('ratePool', view.ratePools, 'rate-pool-unknown'),
    findings,
  };
}

function statedOf(form: FormRow, field: LineField): string | null {
  return field === 'deviceId' ? (form.deviceId === null ? null : String(form.deviceId)) : form.text[field];
}

function valueOf(line: MirrorLine, field: LineField): string | null {
  switch (field) {
    case 'deviceId':
      return String(line.id);
    case 'oldIccid':
      return line.iccid;
    case 'oldImei':
      return line.imei;
    case 'mdn':
      return line.mdn;
    default:
      return field satisfies never;
  }
}

function isConfirmed(odd: Finding, form: FormRow, line: MirrorLine): boolean {
  const field = LINE_FIELDS.find((candidate) => candidate === odd.field);
  return field !== undefined && statedOf(form, field) === valueOf(line, field);
}

/** The one line that everything stated agrees on. */
function findLine(form: FormRow, hits: Hits, findings: Finding[], evidence: string): MirrorLine | null {
  const stated = LINE_FIELDS.filter((field) => statedOf(form, field) !== null);
  if (stated.length === 0) return null;
  const candidates = new Map(stated.flatMap((field) => (hits[field] ?? []).map((line) => [line.id, line] as const)));
  const agreeing = [...candidates.values()].filter((line) =>
    stated.every((field) => valueOf(line, field) === statedOf(form, field)),
  );
  // An MDN goes on to the next line when its first one is deactivated.
  const active = agreeing.filter((line) => line.status === 'active');
  const [line, second] = agreeing.length > 1 && active.length === 1 ? active : agreeing;
  if (line !== undefined && second === undefined) return line;
  const [field = null] = stated;
  const seen = field === null ? '' : (statedOf(form, field) ?? '');
  if (line !== undefined) {
    findings.push(makeFinding('line-ambiguous', field, { seen, evidence }));
  } else if (candidates.size === 0) {
    // What can't be read at all has its own finding.
    if (!stated.every((one) => isUnreadable(one, form))) {
      findings.push(makeFinding('line-unknown', field, { seen, evidence }));
    }
  } else {
    noteDifference(form, stated, hits, [...candidates.values()], findings, evidence);
  }
  return null;
}

function isUnreadable(field: LineField, form: FormRow): boolean {
  return form.oldFindings.some((odd) => odd.field === field && odd.level === 'error');
}

function noteDifference(
  form: FormRow,
  stated: readonly LineField[],
  hits: Hits,
  candidates: readonly MirrorLine[],
  findings: Finding[],
  evidence: string,
): void {
  const anchor = stated.find((field) => (hits[field] ?? []).length > 0) ?? null;
  const line = (anchor === null ? undefined : hits[anchor]?.[0]) ?? candidates[0];
  if (line === undefined) return;
  for (const field of stated) {
    if (valueOf(line, field) === statedOf(form, field)) continue;
    const owner = hits[field]?.[0];
    const elsewhere = owner === undefined ? '' : `; what the row says belongs to line ${owner.id}`;
    findings.push(
      makeFinding('current-pair-differs', field, {
        seen: statedOf(form, field) ?? '',
        message: `Line ${line.id} has ${valueOf(line, field) ?? 'none'} here${elsewhere}`,
        evidence,
      }),
    );
  }
}

function judgeLine(line: MirrorLine, view: MirrorView, findings: Finding[], evidence: string): void {
  if (line.status !== 'active') {
    findings.push(makeFinding('line-not-active', null, { seen: line.status, evidence }));
  } else if (line.mdn === null) {
    findings.push(makeFinding('line-no-mdn', null, { evidence }));
  }
  const open = view.openLines.get(line.id);
  if (open !== undefined) {
    findings.push(
      makeFinding('line-in-open-change', null, { seen: `change ${open}`, evidence: 'changes of this desktop' }),
    );
  }
}

/** @returns the line that has the new identifier, when that is another one */
function judgeTarget(
  field: NewField,
  target: string,
  line: MirrorLine | null,
  owner: MirrorLine | undefined,
  view: MirrorView,
  changeType: ChangeType,
  findings: Finding[],
  evidence: string,
): MirrorLine | null {
  const open = view.openTargets.get(target);
  if (open !== undefined) {
    findings.push(makeFinding('target-in-open-change', field, { seen: target, evidence: `change ${open}` }));
  }
  if (owner === undefined) return null;
  if (line !== null && owner.id === line.id) {
    const half = changeType === 'ChangeIMEIandICCID';
    const message = `The line has this ${field === 'newIccid' ? 'ICCID' : 'IMEI'} already; change the other one alone`;
    findings.push(makeFinding('nothing-to-do', field, { seen: target, evidence, ...(half ? { message } : {}) }));
    return null;
  }
  if (owner.providerId !== view.providerId) {
    findings.push(makeFinding('target-other-provider', field, { seen: target, evidence }));
    return null;
  }
  const code = owner.status === 'deactivated' ? 'target-deactivated' : 'target-in-use';
  findings.push(makeFinding(code, field, { seen: target, evidence: `line ${owner.id}, ${evidence}` }));
  return code === 'target-in-use' ? owner : null;
}

/** The identifier by which a row names its line, for finding the same one twice in a list. */
export function lineKeyOf(form: FormRow): string | null {
  const field = LINE_FIELDS.find((candidate) => statedOf(form, candidate) !== null);
  return field === undefined ? null : `${field}:${statedOf(form, field)}`;
}

/** The line that a row names first, and the first other one that something in the row belongs to. */
export function lineIdsOf(hits: Hits): readonly [anchorId?: number, otherId?: number] {
  const ids = LINE_FIELDS.flatMap((field) => (hits[field] ?? []).map((line) => line.id));
  const [anchorId] = ids;
  const otherId = ids.find((id) => id !== anchorId);
  return anchorId === undefined ? [] : otherId === undefined ? [anchorId] : [anchorId, otherId];
}
