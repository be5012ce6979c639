import { plainFault } from '../../../shared/domain/fault';
import type { Provider } from '../devices/types';
import type { Job } from '../queue/types';
import type { CallFault, ThingSpaceService } from '../thingspace/types';
import type { StoredRow } from './changes.repo';
import { disposition, move, writeRow, type ChangesCore } from './core';
import { postpone } from './postpone';
import { callEvent, faultEvent, rowEvent } from './trail';

/**
 * The new identifier still belongs to a deactivated line: it is deleted at the carrier first. Safe to repeat: a line that
 * is gone already is what was wanted, and the carrier deletes none that is active.
 *
 * @returns false: it could not be deleted, and the job has been ended
 */
export async function deleteHolder(
  deps: { readonly core: ChangesCore; readonly thingspace: Pick<ThingSpaceService, 'deleteLine'> },
  job: Job,
  row: StoredRow,
  holder: { readonly kind: 'iccid' | 'imei'; readonly id: string },
  provider: Provider,
): Promise<boolean> {
  const { core } = deps;
  const { result, record } = await deps.thingspace.deleteLine(provider, holder);
  await writeRow(core, job, (trx) =>
    core.audit.record(trx, [
      callEvent(row, core.actor(), record),
      rowEvent(row, core.actor(), result.ok ? 'row.holder-deleted' : 'row.holder-not-deleted', { ...holder }),
    ]),
  );
  if (result.ok) return true;
  if (result.error.class === 'api_permanent') await endRow(core, job, row, result.error);
  else await postpone(core, job, result.error);
  return false;
}

async function endRow(core: ChangesCore, job: Job, row: StoredRow, fault: CallFault): Promise<void> {
  const kept = plainFault(fault);
  await writeRow(core, job, async (trx) => {
    if (!(await core.queue.end(trx, job, { kind: 'done' }))) return;
    const detail = `The deactivated line that holds the new identifier could not be deleted: ${fault.message}`;
    const patch = { error: kept, disposition: disposition(core, 'not_changed', 'answer', detail) };
    if (!(await move(core, trx, row.id, 'queued', 'error', patch))) return;
    await core.audit.record(trx, [faultEvent(row, core.actor(), kept)]);
  });
}
