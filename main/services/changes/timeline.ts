import { usageError } from '../../../shared/domain/fault';
import type { AuditService } from '../audit/types';
import type { ChangesService, TimelineStep } from './types';

const MOST_STEPS = 1_000;

/** @throws usage `row-unknown` */
export async function timelineOf(
  changes: Pick<ChangesService, 'get' | 'rows'>,
  audit: Pick<AuditService, 'search'>,
  idOrUid: string,
  rowNo: number,
): Promise<readonly TimelineStep[]> {
  const change = await changes.get(idOrUid);
  const { rows } = await changes.rows(change.id, { rowNo, limit: 1, offset: 0 });
  const [row] = rows;
  if (row === undefined) {
    throw usageError({ code: 'row-unknown', what: 'The change has no such row', where: `${idOrUid}, row ${rowNo}` });
  }
  const { entries } = await audit.search({ change: change.uid, deviceId: row.deviceId, limit: MOST_STEPS, offset: 0 });
  return entries
    .filter((entry) => entry.deviceChange === row.uid)
    .toReversed()
    .map(({ at, action, stream, actor, correlationId, details }) => ({
      ...{ at, action, stream, actor, correlationId },
      details: { ...details },
    }));
}
