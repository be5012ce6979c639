import { useRef, useState } from 'react';
import {
  AS_FOUND,
  type ImportDefaults,
  type ImportPreview,
  type ImportProgress,
  type ImportSource,
  type Look,
  type MappedColumn,
} from '../../shared/contract/imports';
import type { ChangeType } from '../../shared/domain/change';
import type { Field } from '../../shared/domain/finding';
import { api } from './api';
import { asContractError, type ContractError } from './client';
import { useEvent } from './use-call';

/** What a person decided about a list before it is imported. */
export interface ImportQuestion {
  /** Null: as the columns say. */
  readonly changeType: ChangeType | null;
  readonly look: Look;
  /** Place of a column → its field, or null for left out: only what the person chose. */
  readonly choices: ReadonlyMap<number, Field | null>;
  readonly defaults: ImportDefaults;
}

/** `needed`: when something is to be asked or told; `never`: a list whose reading is known, such as a sample. */
type WhenToAsk = 'needed' | 'always' | 'never';

/** One import at a time: from a file, a sample or pasted text to the draft that it becomes. */
export type ImportStep =
  | { readonly kind: 'idle' }
  /** Its beginning is read. */
  | { readonly kind: 'looking'; readonly source: ImportSource }
  /** The person says how it is to be read. */
  | {
      readonly kind: 'mapping';
      readonly source: ImportSource;
      readonly question: ImportQuestion;
      /** The columns as they were found; `problem` and `changeType` as they are with what the person chose. */
      readonly preview: ImportPreview;
      /** What was chosen last is being looked at. */
      readonly checking: boolean;
    }
  | {
      readonly kind: 'running';
      readonly source: ImportSource;
      readonly preview: ImportPreview;
      readonly progress: ImportProgress | null;
      /** The person has asked to stop; main is putting things away. */
      readonly stopping: boolean;
    };

export interface ImportFlow {
  readonly step: ImportStep;
  readonly error: ContractError | null;
  /** Takes a list on its way. */
  begin(findSource: () => Promise<ImportSource>, ask?: WhenToAsk): void;
  /** Looks again, with what the person has changed. */
  revise(change: Partial<ImportQuestion>): void;
  start(): void;
  cancel(): void;
  /** Back to where a list is chosen. */
  leave(): void;
}

const NOTHING_CHOSEN: ImportQuestion = {
  changeType: null,
  look: AS_FOUND,
  choices: new Map(),
  defaults: { customer: null, ratePlan: null, ratePool: null, effectiveDate: null },
};
/** The contract takes so many. */
const MOST_MAPPED = 1_000;

/** The step, the last failure, and one piece of work at a time: an answer that a later question has overtaken is dropped. */
function useSteps() {
  const [step, setStep] = useState<ImportStep>({ kind: 'idle' });
  const [error, setError] = useState<ContractError | null>(null);
  const newest = useRef(0);
  return {
    step,
    setStep,
    error,
    fail: (reason: unknown): void => setError(asContractError(reason)),
    /** @param otherwise where it goes on when the work fails */
    attempt(work: (isNewest: () => boolean) => Promise<void>, otherwise: ImportStep): void {
      const turn = (newest.current += 1);
      const isNewest = (): boolean => newest.current === turn;
      setError(null);
      work(isNewest).catch((reason: unknown) => {
        if (!isNewest()) return;
        setError(asContractError(reason));
        setStep(otherwise);
      });
    },
    leave(): void {
      newest.current += 1;
      setError(null);
      setStep({ kind: 'idle' });
    },
  };
}

const IDLE: ImportStep = { kind: 'idle' };

export function useImport(providerUid: string | null, onImported: (draftId: number) => void): ImportFlow {
  const { step, setStep, error, fail, attempt, leave } = useSteps();
  useEvent('imports.progressed', (progress) => {
    setStep((now) =>
      now.kind === 'running' && now.source.sourceId === progress.sourceId ? { ...now, progress } : now,
    );
  });

  async function run(
    source: ImportSource,
    question: ImportQuestion,
    preview: ImportPreview,
    map: MappedColumn[],
  ): Promise<void> {
    if (providerUid === null) return;
    setStep({ kind: 'running', source, preview, progress: null, stopping: false });
    const { changeType, look, defaults } = question;
    const asked = { sourceId: source.sourceId, providerUid, changeType, look, defaults };
    const { draftId } = await api.call('imports.start', { ...asked, map, continueDraftId: null });
    setStep(IDLE);
    onImported(draftId);
  }

  return {
    step,
    error,
    leave,
    begin(findSource, ask = 'needed') {
      if (providerUid === null || step.kind === 'looking' || step.kind === 'running') return;
      attempt(async (isNewest) => {
        const source = await findSource();
        if (!isNewest()) return;
        setStep({ kind: 'looking', source });
        const preview = await look(source, providerUid, NOTHING_CHOSEN);
        if (!isNewest()) return;
        if (!isWorthALook(preview, ask)) return run(source, NOTHING_CHOSEN, preview, []);
        setStep({ kind: 'mapping', source, question: NOTHING_CHOSEN, preview, checking: false });
      }, IDLE);
    },
    revise(change) {
      if (providerUid === null || step.kind !== 'mapping') return;
      const question = { ...step.question, ...change };
      // What is said of rows without a value changes nothing of how the list is read.
      if (Object.keys(change).every((key) => key === 'defaults')) return setStep({ ...step, question });
      setStep({ ...step, question, checking: true });
      attempt(async (isNewest) => {
        const preview = await look(step.source, providerUid, question);
        if (isNewest()) setStep((now) => (now.kind === 'mapping' ? { ...now, preview, checking: false } : now));
      }, step);
    },
    start() {
      if (step.kind !== 'mapping' || step.checking) return;
      const { source, question, preview } = step;
      attempt(() => run(source, question, preview, mapOf(question, preview)), step);
    },
    cancel() {
      if (step.kind !== 'running') return;
      setStep({ ...step, stopping: true });
      api.call('imports.cancel', { sourceId: step.source.sourceId }).catch(fail);
    },
  };
}

/** Something is to be asked, or to be told before it happens. */
function isWorthALook({ needsMapping, problem, sameContent, continues }: ImportPreview, ask: WhenToAsk): boolean {
  if (ask !== 'needed') return ask === 'always';
  return needsMapping || problem !== null || sameContent.length > 0 || continues !== null;
}

/**
 * The columns as the file and earlier mappings say, and what becomes of the list with what the person chose: two
 * questions, since a column that was chosen no longer tells what it was taken for.
 */
async function look(source: ImportSource, providerUid: string, question: ImportQuestion): Promise<ImportPreview> {
  const asked = { sourceId: source.sourceId, providerUid, changeType: question.changeType, look: question.look };
  const found = await api.call('imports.preview', { ...asked, map: [] });
  const map = mapOf(question, found);
  if (map.length === 0) return found;
  const { problem, changeType } = await api.call('imports.preview', { ...asked, map });
  return { ...found, problem, changeType };
}

/** Every column as it is shown: what was only guessed counts once the person has let it stand. */
function mapOf({ choices }: ImportQuestion, { columns, needsMapping }: ImportPreview): MappedColumn[] {
  if (choices.size === 0 && !needsMapping) return [];
  return columns
    .filter(({ heading, samples }) => heading.trim() !== '' || samples.length > 0)
    .slice(0, MOST_MAPPED)
    .map(({ column, field }) => ({ column, field: choices.get(column) ?? (choices.has(column) ? null : field) }));
}
