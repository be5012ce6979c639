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
