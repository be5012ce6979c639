import type { BulkChange, EndedCounts } from '../services/changes';
import { deviceChangeStatusSchema, type IdentifierPair, type StatusCounts } from '../../shared/domain/change';

export function describePair({ iccid, imei }: IdentifierPair): string {
  const parts = [iccid === undefined ? [] : [`ICCID ${iccid}`], imei === undefined ? [] : [`IMEI ${imei}`]].flat();
  return parts.length === 0 ? 'nothing' : parts.join(' ');
}

/** `41 processed, 2 error, 1 unknown`; statuses without rows are left out. */
export function describeCounts(counts: StatusCounts): string {
  const parts = deviceChangeStatusSchema.options
    .map((status) => ({ status, count: counts.byStatus[status] ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${status}`);
  return parts.length === 0 ? 'no rows' : parts.join(', ');
}

/** Whether it is held, when it begins, and which wave it is in; nothing for a plain change under way. */
export function describeControl({ control, startsAt, wave, rollbackOf }: BulkChange): readonly string[] {
  const held = control.state === 'running' ? [] : [`${control.state} by ${control.by ?? '?'}: ${control.note ?? ''}`];
  const begins = startsAt === null ? [] : [`sent from ${startsAt} on`];
  const inWave = wave === null ? [] : [`wave ${wave.number}, up to row ${wave.upToRow}`];
  const takesBack = rollbackOf === null ? [] : [`takes back ${rollbackOf}`];
  return [...held, ...begins, ...inWave, ...takesBack];
}

const ENDED_WORDS: Readonly<Record<keyof EndedCounts, string>> = {
  processed: 'processed',
  error: 'error',
  conflict: 'conflict',
  deadLetter: 'dead letter',
  cancelled: 'cancelled',
  needsPerson: 'waiting for a person',
};

/** `41 processed, 2 error`; what did not happen is left out. */
export function describeEnded(ended: EndedCounts): string {
  const parts = Object.entries(ENDED_WORDS)
    .map(([key, word]) => ({ word, count: ended[key as keyof EndedCounts] }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`);
  return parts.length === 0 ? 'nothing has ended yet' : parts.join(', ');
}

export function countEnded(ended: EndedCounts): number {
  return Object.values(ended).reduce((sum, count) => sum + count, 0);
}
