import type { BulkChange } from '../../../shared/contract/changes';
import type { Draft } from '../../../shared/contract/drafts';
import { plural } from '../../lib/numbers';
import type { Route } from '../../lib/route';
import type { Tone } from '../../ui/badge';

export interface Need {
  readonly tone: Tone;
  readonly word: string;
  /** How much of it. */
  readonly rows: string;
  readonly where: string;
  readonly route: Route;
}

/** Rows and drafts that wait for a person, the gravest first. */
export function needsOf(changes: readonly BulkChange[], drafts: readonly Draft[]): readonly Need[] {
  return [...changes.flatMap(needsOfChange), ...drafts.map(needOfDraft)];
}

function needsOfChange(change: BulkChange): readonly Need[] {
  const { byStatus, needsPerson } = change.counts;
  const needs = [
    { tone: 'unknown', word: 'unknown', rows: needsPerson, only: 'unknown' },
    { tone: 'bad', word: 'conflict', rows: byStatus.conflict ?? 0, only: 'conflict' },
    { tone: 'bad', word: 'refused', rows: byStatus.error ?? 0, only: 'error' },
    { tone: 'bad', word: 'dead letter', rows: byStatus.dead_letter ?? 0, only: 'dead_letter' },
  ] as const;
  return needs
    .filter(({ rows }) => rows > 0)
    .map(({ tone, word, rows, only }) => ({
      tone,
      word,
      rows: plural(rows, 'row'),
      where: `change ${change.id} · ${change.name}`,
      route: { screen: 'changes', changeId: change.id, only },
    }));
}

function needOfDraft(draft: Draft): Need {
  const route: Route = { screen: 'prepare', draftId: draft.id };
  return draft.error > 0
    ? { tone: 'warn', word: 'draft', rows: `${plural(draft.error, 'row')} to repair`, where: draft.name, route }
    : { tone: 'rest', word: 'draft', rows: 'checked, not sent', where: draft.name, route };
}
