import { ACTIONS_A_DAY } from '../../../shared/domain/quota';
import type { ChangeType } from '../../../shared/domain/change';
import type { Finding, FindingData } from '../../../shared/domain/finding';
import { makeFinding } from '../../../shared/domain/finding-catalogue';
import { judgeAssignment } from './assignment.rules';
import type { MirrorLine, MirrorView } from './mirror-view';
import { LINE_FIELDS, type FormRow, type LineField, type NewField } from './row.rules';

/** What the look-up found for one row, by the field that named it. */
export type Hits = Readonly<Partial<Record<LineField | NewField, readonly MirrorLine[]>>>;

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
  const line = findLine(form, hits, findings, view.data);
  for (const odd of form.oldFindings) {
    // The line really has this identifier, however odd it looks. Repairs are told all the same.
    if (odd.level === 'info' || line === null || !isConfirmed(odd, form, line)) findings.push(odd);
  }
  if (line !== null) judgeLine(line, view, findings);
  const occupied = judgeTargets(form, hits, line, { view, changeType, findings });
  const assigned = judgeAssignment(form, line, view, findings);
  if (view.staleHours !== null) {
    findings.push(makeFinding('mirror-stale', null, { evidence: `${view.staleHours} h old`, data: view.data }));
  }
  return { line, occupied, ...assigned, findings };
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
function findLine(form: FormRow, hits: Hits, findings: Finding[], data: FindingData): MirrorLine | null {
  const usual = form.oldFindings.length === 0 ? soundLine(form, hits) : null;
  if (usual !== null) return usual;
  const given = LINE_FIELDS.filter((field) => statedOf(form, field) !== null);
  const readable = given.filter((field) => !isUnreadable(field, form));
  // What can't be read has its own finding; the line is the one that everything else agrees on.
  const stated = readable.length > 0 ? readable : given;
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
    findings.push(makeFinding('line-ambiguous', field, { seen, data }));
  } else if (candidates.size === 0) {
    if (readable.length > 0) findings.push(makeFinding('line-unknown', field, { seen, data }));
  } else {
    noteDifference(form, stated, hits, [...candidates.values()], findings, data);
  }
  return null;
}

/** The usual case in one pass: every field that is stated found one line, the same one, and it says so too. */
function soundLine(form: FormRow, hits: Hits): MirrorLine | null {
  let sound: MirrorLine | null = null;
  for (const field of LINE_FIELDS) {
    const stated = statedOf(form, field);
    if (stated === null) continue;
    const found = hits[field];
    const line = found?.length === 1 ? found[0] : undefined;
    if (line === undefined || (sound !== null && sound.id !== line.id) || valueOf(line, field) !== stated) return null;
    sound = line;
  }
  return sound;
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
  data: FindingData,
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
        data,
      }),
    );
  }
}

function judgeLine(line: MirrorLine, view: MirrorView, findings: Finding[]): void {
  const { data } = view;
  if (line.status !== 'active') findings.push(makeFinding('line-not-active', null, { seen: line.status, data }));
  else if (line.mdn === null) findings.push(makeFinding('line-no-mdn', null, { data }));
  const open = view.openLines.get(line.id);
  if (open !== undefined) {
    findings.push(makeFinding('line-in-open-change', null, { seen: `change ${open}`, data: HERE }));
  }
  const actions = view.busyLines.get(line.id);
  if (actions !== undefined && actions >= ACTIONS_A_DAY) {
    const evidence = `${actions} changes within 24 hours, over all desks as far as they are known here`;
    findings.push(makeFinding('actions-today', null, { evidence, data: HERE }));
  }
}

/** What this desktop knows by itself is never out of date. */
const HERE: FindingData = { from: 'changes' };

interface Judging {
  readonly view: MirrorView;
  readonly changeType: ChangeType;
  readonly findings: Finding[];
}

/** @returns targets that are on other lines which may give them up */
function judgeTargets(form: FormRow, hits: Hits, line: MirrorLine | null, judging: Judging): readonly OccupiedTarget[] {
  let occupied: OccupiedTarget[] | undefined;
  let deleted: number | null = null;
  for (const field of NEW_FIELDS) {
    const target = form.sound[field];
    if (target === null) continue;
    const owner = judgeTarget(field, target, line, hits[field]?.[0], judging);
    if (owner === null) continue;
    if (owner.status !== 'deactivated') (occupied ??= []).push({ field, ownerId: owner.id });
    else if (deleted !== null && deleted !== owner.id) {
      const evidence = `lines ${deleted} and ${owner.id}`;
      judging.findings.push(makeFinding('target-deactivated-twice', field, { evidence, data: judging.view.data }));
    } else deleted = owner.id;
  }
  return occupied ?? NOTHING;
}

const NEW_FIELDS: readonly NewField[] = ['newIccid', 'newImei'];
const NOTHING: readonly OccupiedTarget[] = [];

/** @returns the line of this provider that has the new identifier, when that is another one */
function judgeTarget(
  field: NewField,
  target: string,
  line: MirrorLine | null,
  owner: MirrorLine | undefined,
  { view, changeType, findings }: Judging,
): MirrorLine | null {
  const { data } = view;
  const open = view.openTargets.get(target);
  if (open !== undefined) {
    findings.push(
      makeFinding('target-in-open-change', field, { seen: target, evidence: `change ${open}`, data: HERE }),
    );
  }
  if (owner === undefined) return null;
  if (line !== null && owner.id === line.id) {
    const half = changeType === 'ChangeIMEIandICCID';
    const message = `The line has this ${field === 'newIccid' ? 'ICCID' : 'IMEI'} already; change the other one alone`;
    findings.push(makeFinding('nothing-to-do', field, { seen: target, data, ...(half ? { message } : {}) }));
    return null;
  }
  if (owner.providerId !== view.providerId) {
    findings.push(makeFinding('target-other-provider', field, { seen: target, data }));
    return null;
  }
  const code = owner.status === 'deactivated' ? 'target-deactivated' : 'target-in-use';
  findings.push(makeFinding(code, field, { seen: target, evidence: `line ${owner.id}`, data }));
  return owner;
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
