import type { StatusCounts } from '../../shared/domain/change';

/** Rows of a change in a few groups, as a person thinks of them. */
export function partsOf({ byStatus, needsPerson }: StatusCounts) {
  const of = (...statuses: (keyof typeof byStatus)[]): number =>
    statuses.reduce((sum, status) => sum + (byStatus[status] ?? 0), 0);
  const forPerson = Math.min(needsPerson, of('unknown'));
  return [
    { tone: 'done', word: 'processed', rows: of('processed') },
    { tone: 'flight', word: 'under way', rows: of('sending', 'submitted', 'confirmed') },
    { tone: 'rest', word: 'waiting', rows: of('created', 'queued') },
    { tone: 'unknown', word: 'unknown, being read back', rows: of('unknown') - forPerson },
    { tone: 'unknown', word: 'unknown, for you to decide', rows: forPerson },
    { tone: 'bad', word: 'failed', rows: of('error', 'dead_letter') },
    { tone: 'bad', word: 'in conflict', rows: of('conflict') },
    { tone: 'rest', word: 'rolled back', rows: of('rolled_back') },
    { tone: 'rest', word: 'cancelled', rows: of('cancelled') },
  ] as const;
}

/** Rows that wait for a person. */
export function rowsForPerson({ byStatus, needsPerson }: StatusCounts): number {
  return needsPerson + (byStatus.error ?? 0) + (byStatus.dead_letter ?? 0) + (byStatus.conflict ?? 0);
}
