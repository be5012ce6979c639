import type { Draft, DraftFilter, DraftMoved, DraftRow, RowTarget, SharedDraft } from '../../shared/contract/drafts';
import { verdictWith } from '../../shared/domain/override';
import { fieldSchema, type Field } from '../../shared/domain/finding';
import { usageError } from '../../shared/domain/fault';
import type { ContractDouble } from './contract-double';

interface DraftsDesk {
  readonly drafts: Draft[];
  readonly agoOf: (minutes: number) => string;
  rowOf(draft: Draft, row: number): DraftRow;
  /** A new draft without findings. */
  newDraft(name: string, rows: number): Draft;
}

/** One act that can be taken back: the rows as they were before, and as they were afterwards. */
interface Act {
  readonly words: string;
  readonly before: readonly DraftRow[];
  readonly after: readonly DraftRow[];
}

interface DraftMemory {
  readonly rows: Map<number, DraftRow>;
  readonly done: Act[];
  readonly undone: Act[];
}

const PLAIN: Readonly<Partial<Record<Field, keyof DraftRow>>> = {
  mdn: 'mdn',
  customer: 'customer',
  ratePlan: 'ratePlan',
  ratePool: 'ratePool',
  effectiveDate: 'effectiveDate',
  note: 'note',
};

/** Plays what a person does with drafts; what is done stays done, and can be taken back. */
export function playDrafts(double: ContractDouble, desk: DraftsDesk): void {
  const played = createPlayedDrafts(double, desk);
  playPages(double, desk, played);
  playEdits(double, played);
  playNewDrafts(double, desk, played);
  playHandover(double, desk, played);
}

interface PlayedDrafts {
  find(draftId: number): Draft;
  row(draft: Draft, row: number): DraftRow;
  target(draft: Draft, target: RowTarget): readonly DraftRow[];
  all(draft: Draft): readonly DraftRow[];
  act(draftId: number, words: string, after: readonly DraftRow[]): DraftMoved;
  move(draftId: number, from: 'done' | 'undone'): DraftMoved;
  change(draft: Draft, more: Partial<Draft>): Draft;
}

function createPlayedDrafts(double: ContractDouble, { drafts, rowOf }: DraftsDesk): PlayedDrafts {
  const memories = new Map<number, DraftMemory>();
  const memoryOf = (draftId: number): DraftMemory => {
    const memory = memories.get(draftId) ?? { rows: new Map<number, DraftRow>(), done: [], undone: [] };
    memories.set(draftId, memory);
    return memory;
  };
  const find = (draftId: number): Draft => {
    const draft = drafts.find(({ id }) => id === draftId);
    if (draft === undefined) throw usageError({ code: 'draft-unknown', what: `There is no draft ${draftId}` });
    return draft;
  };
  const row = (draft: Draft, no: number): DraftRow => memoryOf(draft.id).rows.get(no) ?? rowOf(draft, no);
  const all = (draft: Draft): DraftRow[] =>
    Array.from({ length: draft.rows + draft.excluded }, (_, index) => row(draft, index + 1));
  const change: PlayedDrafts['change'] = (draft, more) => {
    const after = { ...draft, ...more };
    drafts.splice(drafts.indexOf(draft), 1, after);
    double.announce('drafts.listChanged', null);
    return after;
  };
  const put = (draftId: number, rows: readonly DraftRow[], done: string): DraftMoved => {
    const draft = find(draftId);
    const { done: acts, undone } = memoryOf(draftId);
    const counts = countMoved(
      draft,
      rows.map((after) => [row(draft, after.row), after] as const),
    );
    rows.forEach((one) => memoryOf(draftId).rows.set(one.row, one));
    const after = change(draft, {
      ...counts,
      undo: acts.at(-1)?.words ?? null,
      redo: undone.at(-1)?.words ?? null,
    });
    return { draft: after, moved: rows.length, rows: rows.slice(0, 200), done };
  };
  return {
    find,
    row,
    all,
    change,
    target: (draft, target) =>
      'rows' in target ? target.rows.map((no) => row(draft, no)) : all(draft).filter(fits(target.filter)),
    act(draftId, words, after) {
      const draft = find(draftId);
      const memory = memoryOf(draftId);
      memory.done.push({ words, before: after.map((one) => row(draft, one.row)), after });
      memory.undone.length = 0;
      return put(draftId, after, words);
    },
    move(draftId, from) {
      const memory = memoryOf(draftId);
      const act = memory[from].pop();
      if (act === undefined)
        throw usageError({ code: `nothing-to-${from === 'done' ? 'undo' : 'redo'}`, what: 'Nothing' });
      memory[from === 'done' ? 'undone' : 'done'].push(act);
      return put(draftId, from === 'done' ? act.before : act.after, act.words);
    },
  };
}

function countMoved(
  draft: Draft,
  moves: readonly (readonly [before: DraftRow, after: DraftRow])[],
): Pick<Draft, 'rows' | 'valid' | 'warning' | 'error' | 'excluded' | 'findings'> {
  const counts = { ...draft, findings: { ...draft.findings } };
  const count = (row: DraftRow, by: 1 | -1): void => {
    if (row.excluded) {
      counts.excluded += by;
      return;
    }
    counts.rows += by;
    counts[row.verdict] += by;
    for (const code of new Set(row.findings.map((finding) => finding.code))) {
      counts.findings[code] = (counts.findings[code] ?? 0) + by;
    }
  };
  for (const [before, after] of moves) {
    count(before, -1);
    count(after, 1);
  }
  const { rows, valid, warning, error, excluded } = counts;
  const findings = Object.fromEntries(Object.entries(counts.findings).filter(([, times]) => times > 0));
  return { rows, valid, warning, error, excluded, findings };
}

function fits({ verdict, finding, text, excluded }: DraftFilter): (row: DraftRow) => boolean {
  return (row) =>
    (verdict === null || row.verdict === verdict) &&
    (finding === null || row.findings.some(({ code }) => code === finding)) &&
    (text === '' || JSON.stringify(row).includes(text)) &&
    (excluded === 'any' || row.excluded === (excluded === 'only'));
}

function playPages(double: ContractDouble, { drafts }: DraftsDesk, played: PlayedDrafts): void {
  double.handle('drafts.list', () => drafts);
  double.handle('drafts.get', ({ draftId }) => played.find(draftId));
  double.handle('drafts.rows', ({ draftId, filter, sort, limit, offset }) => {
    const draft = played.find(draftId);
    const total = draft.rows + draft.excluded;
    const isPlain = filter.verdict === null && filter.finding === null && filter.text === '';
    if (isPlain && draft.excluded === 0 && filter.excluded !== 'only' && sort.by === 'row') {
      const size = Math.max(0, Math.min(limit, total - offset));
      const at = (index: number): number => (sort.direction === 'ascending' ? index + 1 : total - index);
      return { total, rows: Array.from({ length: size }, (_, index) => played.row(draft, at(offset + index))) };
    }
    const sign = sort.direction === 'ascending' ? 1 : -1;
    const key = (row: DraftRow): string => keyOf(row, sort.by);
    const found = played.all(draft).filter(fits(filter));
    found.sort((one, other) => sign * key(one).localeCompare(key(other)) || one.row - other.row);
    return { total: found.length, rows: found.slice(offset, offset + limit) };
  });
}

function keyOf(row: DraftRow, by: Field | 'row' | 'verdict'): string {
  switch (by) {
    case 'row':
      return String(row.row).padStart(9, '0');
    case 'verdict':
      return String(['error', 'warning', 'valid'].indexOf(row.verdict));
    case 'oldIccid':
      return row.old.iccid ?? '';
    case 'oldImei':
      return row.old.imei ?? '';
    case 'newIccid':
      return row.new.iccid ?? '';
    case 'newImei':
      return row.new.imei ?? '';
    case 'deviceId':
      return String(row.deviceId ?? '').padStart(15, '0');
    case 'mdn':
    case 'customer':
    case 'ratePlan':
    case 'ratePool':
    case 'effectiveDate':
    case 'note':
      return row[by] ?? '';
    default:
      return by satisfies never;
  }
}

/** A typed cell is taken for right: what the rules say of it is main's business. */
function typed(row: DraftRow, field: Field, value: string): DraftRow {
  const findings = row.findings.filter((finding) => finding.field !== field);
  const plain = PLAIN[field];
  return {
    ...row,
    ...(plain === undefined ? {} : { [plain]: value === '' ? null : value }),
    ...(field === 'newIccid' ? { new: { ...row.new, iccid: value } } : {}),
    ...(field === 'newImei' ? { new: { ...row.new, imei: value } } : {}),
    ...(field === 'oldIccid' ? { old: { ...row.old, iccid: value } } : {}),
    ...(field === 'oldImei' ? { old: { ...row.old, imei: value } } : {}),
    findings,
    verdict: verdictWith(findings, row.overrides),
    edited: [...new Set([...row.edited, field])],
  };
}

function playEdits(double: ContractDouble, { find, row, all, target, act, move }: PlayedDrafts): void {
  double.handle('drafts.editCell', ({ draftId, row: no, field, value }) => {
    const before = row(find(draftId), no);
    return act(draftId, `${field} of line ${before.line} changed`, [typed(before, field, value)]);
  });
  double.handle('drafts.fixAll', ({ draftId, code, preview }) => {
    const draft = find(draftId);
    const withFinding = draft.findings[code] ?? 0;
    const { valid, warning, error } = draft;
    const before = { valid, warning, error, withFinding };
    const rows = all(draft).filter((one) => one.findings.some((finding) => finding.code === code));
    const words = `${rows.length} rows with ${code} mended`;
    if (preview) return { code, fixable: rows.length, left: 0, words, before, after: null, draft };
    const mended = rows.map((one) => {
      const findings = one.findings.filter((finding) => finding.code !== code);
      return { ...one, findings, verdict: verdictWith(findings, one.overrides) };
    });
    const moved = act(draftId, words, mended);
    const after = { valid: moved.draft.valid, warning: moved.draft.warning, error: moved.draft.error, withFinding: 0 };
    return { code, fixable: rows.length, left: 0, words, before, after, draft: moved.draft };
  });
  for (const [name, excluded, word] of [
    ['drafts.exclude', true, 'left out'],
    ['drafts.include', false, 'taken in again'],
  ] as const) {
    double.handle(name, ({ draftId, target: of }) => {
      const rows = target(find(draftId), of).map((one) => ({ ...one, excluded }));
      return act(draftId, `${rows.length} rows ${word}`, rows);
    });
  }
  double.handle('drafts.override', ({ draftId, target: of, code, reason }) => {
    const rows = target(find(draftId), of).map((one) => {
      const overrides = [...one.overrides, { code, reason, by: 'olivia', at: '2026-11-24T08:00:00.000Z' }];
      return { ...one, overrides, verdict: verdictWith(one.findings, overrides) };
    });
    return act(draftId, `${code} accepted in ${rows.length} rows`, rows);
  });
  double.handle('drafts.undo', ({ draftId }) => move(draftId, 'done'));
  double.handle('drafts.redo', ({ draftId }) => move(draftId, 'undone'));
}

function playNewDrafts(double: ContractDouble, { drafts, newDraft }: DraftsDesk, played: PlayedDrafts): void {
  const add = (name: string, rows: number): Draft => {
    const draft = newDraft(name, rows);
    drafts.unshift(draft);
    double.announce('drafts.listChanged', null);
    return draft;
  };
  double.handle('drafts.addRows', ({ into, rows }) => {
    if (!('draftId' in into)) {
      const draft = add(into.name, rows.length);
      return { draft, moved: rows.length, rows: [...played.all(draft)], done: `${rows.length} rows added` };
    }
    const before = played.find(into.draftId);
    const draft = played.change(before, { rows: before.rows + rows.length, valid: before.valid + rows.length });
    const added = [...played.all(draft)].slice(-rows.length);
    return { draft, moved: rows.length, rows: added, done: `${rows.length} rows added` };
  });
  double.handle('drafts.fillIn', ({ draftId, rows }) => {
    const draft = played.find(draftId);
    const filled = rows.map(({ row, cells }) =>
      Object.entries(cells).reduce(
        (one, [field, value]) => typed(one, fieldSchema.parse(field), value),
        played.row(draft, row),
      ),
    );
    return played.act(draftId, `${rows.length} of the rows filled in`, filled);
  });
  double.handle('drafts.fromLines', ({ name, lines }) => add(name, 'ids' in lines ? lines.ids.length : 25));
  double.handle('drafts.copy', ({ draftId, name }) => {
    const copied = played.find(draftId);
    const { id, uid } = newDraft(name, copied.rows);
    const draft = { ...copied, id, uid, name, undo: null, redo: null };
    drafts.unshift(draft);
    double.announce('drafts.listChanged', null);
    return draft;
  });
  double.handle('drafts.rename', ({ draftId, name }) => {
    played.change(played.find(draftId), { name });
    return null;
  });
  double.handle('drafts.remove', ({ draftId }) => {
    drafts.splice(drafts.indexOf(played.find(draftId)), 1);
    double.announce('drafts.listChanged', null);
    return null;
  });
  double.handle('drafts.recheck', ({ draftId }) => {
    const draft = played.find(draftId);
    return { draft, checked: draft.rows, moved: 0, verdictsMoved: 0, differences: [] };
  });
}

function playHandover(double: ContractDouble, { drafts, agoOf, newDraft }: DraftsDesk, played: PlayedDrafts): void {
  const shared: SharedDraft[] = [
    {
      uid: '0190f1c2-0000-7000-8000-00000000d001',
      name: 'night shift, second half',
      providerUid: 'provider-1',
      providerName: 'Northwind Fleet',
      changeType: 'ChangeICCID',
      rows: 88,
      note: 'the last box is still to be read',
      sharedBy: 'paul',
      sharedAt: agoOf(55),
    },
  ];
  double.handle('drafts.shared', () => shared);
  double.handle('drafts.share', ({ draftId, note }) => {
    const draft = played.find(draftId);
    const { uid, name, providerUid, providerName, changeType, rows } = draft;
    shared.push({
      uid,
      name,
      providerUid,
      providerName,
      changeType,
      rows,
      note,
      sharedBy: 'olivia',
      sharedAt: agoOf(0),
    });
    drafts.splice(drafts.indexOf(draft), 1);
    double.announce('drafts.listChanged', null);
    return null;
  });
  double.handle('drafts.takeOver', ({ uid }) => {
    const found = shared.find((one) => one.uid === uid);
    if (found === undefined) throw usageError({ code: 'shared-draft-gone', what: 'Somebody else has taken the draft' });
    shared.splice(shared.indexOf(found), 1);
    const draft = { ...newDraft(found.name, found.rows), uid };
    drafts.unshift(draft);
    double.announce('drafts.listChanged', null);
    return draft;
  });
}
