import type { StatusCounts } from '../../shared/domain/change';

/** Rows of a change in five groups, as a person thinks of them. */
export function partsOf({ byStatus, needsPerson }: StatusCounts) {
  const of = (...statuses: (keyof typeof byStatus)[]): number =>
    statuses.reduce((sum, status) => sum + (byStatus[status] ?? 0), 0);
  return [
    { tone: 'done', word: 'processed', rows: of('processed', 'rolled_back') },
    { tone: 'flight', word: 'under way', rows: of('sending', 'submitted', 'confirmed') },
    { tone: 'rest', word: 'waiting', rows: of('created', 'queued') },
    {
      tone: 'unknown',
      word: needsPerson > 0 ? 'unknown, for you to decide' : 'unknown, being read back',
      rows: of('unknown'),
    },
    { tone: 'bad', word: 'failed', rows: of('error', 'conflict', 'dead_letter') },
    { tone: 'warn', word: 'cancelled', rows: of('cancelled') },
  ] as const;
}
