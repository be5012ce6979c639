import type { DraftReading } from '../../../shared/contract/drafts';
import type { ChangeType, IdentifierPair } from '../../../shared/domain/change';
import type { Reversibility } from '../../../shared/domain/control';
import type { Field, Finding, Verdict } from '../../../shared/domain/finding';
import type { LineStatus } from '../../../shared/domain/line';
import type { Override } from '../../../shared/domain/override';
import type { AccountRole } from '../../../shared/domain/permission';
import type { Trx } from '../../localdb/types';
import type { Provider } from '../devices/types';

export interface Draft {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly providerUid: string;
  readonly providerName: string;
  readonly changeType: ChangeType;
  readonly sourceName: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly rows: number;
  readonly valid: number;
  readonly warning: number;
  readonly error: number;
  /** Rows that are left out: in no other count, judged with no other row, never sent. */
  readonly excluded: number;
  readonly findings: Readonly<Record<string, number>>;
  /** When the mirror that the verdicts rest on was last brought up to date; null: never. */
  readonly mirrorAt: string | null;
  /** How its list was read; null: it was made of none, or by an older version. */
  readonly reading: DraftReading | null;
  /** What undo would take back and redo would do again, in words. */
  readonly undo: string | null;
  readonly redo: string | null;
  /** It is being handed over: it may be looked at and shared again, nothing else. */
  readonly sharing: boolean;
}

export interface DraftRow {
  readonly row: number;
  /** Line in the source file, from 1, heading included. */
  readonly line: number;
  readonly verdict: Verdict;
  readonly deviceId: number | null;
  readonly mdn: string | null;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
  readonly effectiveDate: string | null;
  readonly note: string | null;
  readonly findings: readonly Finding[];
  readonly excluded: boolean;
  /** Fields that a person changed after the import. */
  readonly edited: readonly Field[];
  readonly overrides: readonly Override[];
  /** Cells as they were read or typed, where that differs from what is shown. */
  readonly cells: Cells;
}

/** Cells of one row by field; an absent field is empty. */
export type Cells = Readonly<Partial<Record<Field, string>>>;

export interface RowFilter {
  readonly verdict: Verdict | null;
  readonly finding: string | null;
  readonly text: string;
  readonly excluded: 'no' | 'only' | 'any';
}

export interface RowSort {
  readonly by: Field | 'row' | 'verdict';
  readonly direction: 'ascending' | 'descending';
}

export interface RowPage {
  readonly filter: RowFilter;
  readonly sort: RowSort;
  readonly limit: number;
  readonly offset: number;
}

export type RowTarget = { readonly rows: readonly number[] } | { readonly filter: RowFilter };

export interface NewDraft {
  readonly name: string;
  readonly providerUid: string;
  readonly changeType: ChangeType;
}

/** Lines of the mirror that a change starts from. */
export type LineChoice =
  | { readonly ids: readonly number[] }
  | {
      readonly text: string;
      readonly status: LineStatus | null;
      readonly customer: string | null;
      readonly ratePlan: string | null;
    };

export interface DraftMoved {
  readonly draft: Draft;
  /** Rows whose verdict or findings are others now, and the first of them. */
  readonly moved: number;
  readonly rows: readonly DraftRow[];
  /** What was done, in words. */
  readonly done: string;
}

export interface VerdictCounts {
  readonly valid: number;
  readonly warning: number;
  readonly error: number;
  readonly withFinding: number;
}

export interface DraftFix {
  readonly code: string;
  readonly fixable: number;
  readonly left: number;
  readonly words: string;
  readonly before: VerdictCounts;
  /** Null in a preview. */
  readonly after: VerdictCounts | null;
  readonly draft: Draft;
}

export interface RowDifference {
  readonly row: number;
  readonly line: number;
  readonly before: { readonly verdict: Verdict; readonly codes: readonly string[] };
  readonly after: { readonly verdict: Verdict; readonly codes: readonly string[] };
}

export interface DraftRecheck {
  readonly draft: Draft;
  readonly checked: number;
  /** Rows whose verdict or findings are others now; rows that may be sent now and could not, or the reverse. */
  readonly moved: number;
  readonly verdictsMoved: number;
  /** The first of the rows whose verdict or findings are others now. */
  readonly differences: readonly RowDifference[];
}

/** A draft that waits in the central database for somebody to go on with it. */
export interface SharedDraft {
  readonly uid: string;
  readonly name: string;
  readonly providerUid: string;
  readonly providerName: string;
  readonly changeType: ChangeType;
  readonly rows: number;
  readonly note: string;
  readonly sharedBy: string;
  readonly sharedAt: string;
}

/** Whoever works with the drafts; named in audit entries and overrides. */
export interface DraftActor {
  readonly userName: string;
  readonly role: AccountRole;
  /** Uids of the providers whose drafts are shown; null: all. */
  readonly providerUids: readonly string[] | null;
}

/** A row as it is submitted: with what must happen before it. */
export interface TakenRow extends DraftRow {
  /** Rows of the list that must be processed before this one is sent: they free what it gets. */
  readonly after: readonly number[];
  /** The same of a change that is open already. */
  readonly afterOpenChange: boolean;
  /** The identifier that a deactivated line holds: that line is deleted at the carrier before the swap. */
  readonly deleteFirst: { readonly kind: 'iccid' | 'imei'; readonly id: string } | null;
}

/** What `changes.submit` takes. */
export interface TakenRows {
  /** In the order of sending. */
  readonly rows: readonly TakenRow[];
  /** The plan's hash: the same as long as nothing changed since the plan. */
  readonly planHash: string;
}

/** One exact request of the dry run, with secrets left out. */
export interface PlannedRequest {
  readonly row: number;
  readonly purpose: 'delete' | 'swap';
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: unknown;
  readonly after: readonly number[];
  readonly reversibility: Reversibility;
}

/** A row that may go but waits for one that does not. */
export interface LeftOutRow {
  readonly row: number;
  readonly line: number;
  readonly why: string;
}

export interface DraftPlan {
  readonly draftId: number;
  readonly rows: number;
  /** Deletions of deactivated lines, each right before its row's swap. */
  readonly deletes: number;
  readonly skipped: number;
  readonly leftOut: readonly LeftOutRow[];
  /** Rows of the draft whose line has the new identifier already. */
  readonly nothingToDo: number;
  /** The first of them, in the order of sending; there are `rows` and `deletes` together. */
  readonly requests: readonly PlannedRequest[];
  readonly reversibility: Readonly<Record<Reversibility['kind'], number>>;
  readonly quotas: {
    /** Swaps that change the carrier's plan as well, and how many a line may have in a month. */
    readonly planChanges: number;
    readonly planChangesAMonth: number;
    /** Changes a line may have in a day, and lines that have had so many. */
    readonly actionsADay: number;
    readonly linesAtLimit: number;
  };
  /** SHA-256 over the canonical form of provider, type and every planned row: submit binds to it. */
  readonly planHash: string;
  readonly expectedSeconds: { readonly least: number; readonly most: number };
}

export interface DraftsService {
  list(): Promise<readonly Draft[]>;
  /** @throws usage `draft-unknown` */
  get(idOrUid: string): Promise<Draft>;
  rows(draftId: number, page: RowPage): Promise<{ readonly total: number; readonly rows: readonly DraftRow[] }>;
  /** Rows by their numbers, in order; those that are not there any more are left out. */
  rowsOf(draftId: number, rows: readonly number[]): Promise<readonly DraftRow[]>;
  /** @param shown how many requests are wanted; counts and hash are about all of them */
  plan(draft: Draft, provider: Provider, choice: RowChoice, shown: number): Promise<DraftPlan>;
  rename(draftId: number, name: string): Promise<void>;
  delete(draftId: number): Promise<void>;
  /**
   * Types into cells of one row. The row is checked at once by the rules of the import, and with it every row that
   * shares something with it. Durable when it resolves.
   * @throws usage `draft-row-unknown`
   */
  editRow(draftId: number, row: number, cells: Cells): Promise<DraftMoved>;
  /**
   * Types into cells of many rows as one act, which can be undone: a corrected list of problem rows. Fields that a row
   * does not name stay.
   * @param words what is done, such as `rows of "problems.xlsx"`
   * @throws usage `draft-row-unknown` when one of the rows is no longer in the draft; nothing is changed then
   */
  editRows(
    draftId: number,
    rows: readonly { readonly row: number; readonly cells: Cells }[],
    words: string,
  ): Promise<DraftMoved>;
  /** @throws usage `fix-unknown` when no fix of this finding is ever proven */
  fixAll(draftId: number, code: string, preview: boolean): Promise<DraftFix>;
  exclude(draftId: number, target: RowTarget): Promise<DraftMoved>;
  include(draftId: number, target: RowTarget): Promise<DraftMoved>;
  /** @throws not-permitted `override-refused`, when the role may not, or nobody can */
  override(draftId: number, target: RowTarget, code: string, reason: string): Promise<DraftMoved>;
  /** @throws usage `nothing-to-undo` */
  undo(draftId: number): Promise<DraftMoved>;
  /** @throws usage `nothing-to-redo` */
  redo(draftId: number): Promise<DraftMoved>;
  addRows(into: { readonly draftId: number } | NewDraft, rows: readonly Cells[]): Promise<DraftMoved>;
  fromLines(draft: NewDraft, lines: LineChoice): Promise<Draft>;
  copy(draftId: number, name: string): Promise<Draft>;
  /** Checks again what the mirror or the open changes may have moved since, and lists the differences. */
  recheck(draftId: number): Promise<DraftRecheck>;
  share(draftId: number, note: string): Promise<void>;
  shared(): Promise<readonly SharedDraft[]>;
  takeOver(uid: string): Promise<Draft>;
  /** The rows of the plan, for `changes.submit`; reads inside its transaction. */
  takeRows(trx: Trx, draft: Draft, provider: Provider, choice: RowChoice): Promise<TakenRows>;
  /** Removes taken rows; a draft without rows is removed too. */
  removeRows(trx: Trx, draftId: number, rows: readonly number[]): Promise<void>;
}

/** Which rows of a draft, and what their requests ask beside the swap: errors never go; warnings only when accepted. */
export interface RowChoice {
  readonly onlyValid: boolean;
  readonly acceptWarnings: boolean;
  /** Code of the carrier's plan that every line is given by the same call; none: plans stay. */
  readonly carrierPlan?: string | null;
}
