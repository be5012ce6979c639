import { useEffect, useRef, useState } from 'react';
import type { Draft, DraftMoved, DraftRow, RowTarget } from '../../../../shared/contract/drafts';
import type { Field } from '../../../../shared/domain/finding';
import { api, asContractError, type ContractError } from '../../../api';
import { digits } from '../../../lib/numbers';
import { movedWords } from './moved-words';

/** What a person does with the rows of a draft. One act after the other, in the order in which they were set off. */
export interface DraftWork {
  readonly draft: Draft;
  /** What the last act did; null: nothing was done yet. */
  readonly note: string | null;
  readonly error: ContractError | null;
  /** Acts under way. */
  readonly busy: boolean;
  /** Rows that the last act judged anew. */
  readonly moved: ReadonlySet<number>;
  edit(row: DraftRow, field: Field, text: string): void;
  exclude(target: RowTarget): void;
  include(target: RowTarget): void;
  override(target: RowTarget, code: string, reason: string): void;
  fix(code: string): void;
  undo(): void;
  redo(): void;
  clearError(): void;
}

interface Told {
  readonly note: string;
  readonly rows: readonly DraftRow[];
  /** All that moved is in `rows`, and no row has come: they can be changed in their places. */
  readonly inPlace: boolean;
}

interface Listener {
  /** Rows that are others now, to be shown in their places. */
  onRows(rows: readonly DraftRow[]): void;
  /** The list must be asked for again. */
  onList(): void;
}

interface Acts {
  readonly state: Pick<DraftWork, 'note' | 'error' | 'moved'>;
  readonly busy: boolean;
  readonly isActing: () => boolean;
  /** @param typed what would be lost if the act failed */
  run(act: () => Promise<Told>, typed?: string): void;
  clearError(): void;
}

/** One act after the other: what is typed while another cell is being stored waits, and is not lost. */
function useActs(listener: Listener): Acts {
  const [state, setState] = useState<Acts['state']>({ note: null, error: null, moved: new Set() });
  const [underWay, setUnderWay] = useState(0);
  const acting = useRef(0);
  const last = useRef(Promise.resolve());
  const listening = useRef(listener);
  useEffect(() => {
    listening.current = listener;
  });
  const end = ({ note, rows, inPlace }: Told): void => {
    setState({ note, error: null, moved: new Set(rows.map(({ row }) => row)) });
    listening.current.onRows(rows);
    if (!inPlace) listening.current.onList();
  };
  const fail = (reason: unknown, typed: string | undefined): void => {
    const note = typed === undefined ? null : `Not stored: ${typed}`;
    setState((before) => ({ ...before, note, error: asContractError(reason) }));
  };
  return {
    state,
    busy: underWay > 0,
    isActing: () => acting.current > 0,
    run(act, typed) {
      acting.current += 1;
      setUnderWay((count) => count + 1);
      last.current = last.current
        .then(act)
        .then(end, (reason: unknown) => fail(reason, typed))
        .finally(() => {
          acting.current -= 1;
          setUnderWay((count) => count - 1);
        });
    },
    clearError: () => setState((before) => ({ ...before, error: null })),
  };
}

export function useDraftWork(draft: Draft, listener: Listener): DraftWork & Pick<Acts, 'isActing'> {
  const { state, busy, isActing, run, clearError } = useActs(listener);
  const draftId = draft.id;
  return {
    draft,
    ...state,
    busy,
    isActing,
    clearError,
    edit: ({ row, line }, field, value) =>
      run(
        () => move(api.call('drafts.editCell', { draftId, row, field, value }), [row]),
        `“${value}” for line ${line}`,
      ),
    exclude: (target) => run(() => move(api.call('drafts.exclude', { draftId, target }), touchedBy(target))),
    include: (target) => run(() => move(api.call('drafts.include', { draftId, target }), touchedBy(target))),
    override: (target, code, reason) =>
      run(() => move(api.call('drafts.override', { draftId, target, code, reason }), touchedBy(target))),
    fix: (code) => run(() => fixAll(draftId, code)),
    undo: () => run(() => back('Taken back', api.call('drafts.undo', { draftId }))),
    redo: () => run(() => back('Done again', api.call('drafts.redo', { draftId }))),
  };
}

function touchedBy(target: RowTarget): readonly number[] | undefined {
  return 'rows' in target ? target.rows : undefined;
}

async function move(asked: Promise<DraftMoved>, touched?: readonly number[]): Promise<Told> {
  const moved = await asked;
  const { rows } = moved;
  return { note: movedWords(moved, touched), rows, inPlace: touched !== undefined && moved.moved <= rows.length };
}

async function back(word: string, asked: Promise<DraftMoved>): Promise<Told> {
  const { done, rows } = await asked;
  return { note: `${word}: ${done}.`, rows, inPlace: false };
}

async function fixAll(draftId: number, code: string): Promise<Told> {
  const { words, before, after, left } = await api.call('drafts.fixAll', { draftId, code, preview: false });
  const errors = after === null ? '' : ` Errors: ${digits(before.error)} before, ${digits(after.error)} now.`;
  const stay = left === 0 ? '' : ` ${digits(left)} ${left === 1 ? 'is' : 'are'} left for you to judge.`;
  return { note: `${words}.${errors}${stay}`, rows: [], inPlace: false };
}

const TEXT_OR_DIALOG = 'input:not([type="radio"], [type="checkbox"]), textarea, [role="dialog"]';

/** Ctrl Z takes back, Ctrl Y and Ctrl Shift Z do again; in a text field they belong to the text. */
export function useUndoKeys({ draft, undo, redo, busy }: DraftWork): void {
  const current = useRef({ undo, redo, mayUndo: false, mayRedo: false });
  useEffect(() => {
    current.current = { undo, redo, mayUndo: draft.undo !== null || busy, mayRedo: draft.redo !== null || busy };
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== 'z' && key !== 'y')) return;
      const { target } = event;
      if (target instanceof HTMLElement && target.closest(TEXT_OR_DIALOG) !== null) return;
      event.preventDefault();
      const now = current.current;
      if (key === 'z' && !event.shiftKey) {
        if (now.mayUndo) now.undo();
      } else if (now.mayRedo) now.redo();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
