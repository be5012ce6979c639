import type { CarrierLine, ThingSpaceService } from '../thingspace/types';
import { findRow, type StoredRow } from './changes.repo';
import type { ChangesCore } from './core';
import { findLooksDue, noteLook } from './seen.repo';
import { rowEvent } from './trail';
import type { ProcessingGate } from './types';

/**
 * "Back in service" is the finish line: the carrier has confirmed the change, and the line has been on the network since.
 * Looked for now and then, ever more seldom, and given up after three days; what is silent then stays listed.
 */
export interface SeenDeps {
  readonly core: ChangesCore;
  readonly thingspace: Pick<ThingSpaceService, 'findLine'>;
}

const MINUTE_MS = 60_000;
/** Minutes from one look to the next. */
const LOOK_AGAIN_MINUTES = [5, 30, 120, 480, 1_440, 2_880] as const;

/** @returns lines looked at */
export async function lookForSeen(deps: SeenDeps, gate: ProcessingGate, most: number): Promise<number> {
  const { core } = deps;
  const due = await findLooksDue(core.local.read, core.clock.now(), most);
  for (const { id, looks } of due) {
    const row = await findRow(core.local.read, id);
    if (row === null) continue;
    const seenAt = row.status === 'processed' ? await seenAtOf(deps, gate, row) : null;
    const now = core.clock.now();
    const again = LOOK_AGAIN_MINUTES[looks];
    const isOver = seenAt !== null || row.status !== 'processed' || again === undefined;
    await core.local.write(async (trx) => {
      await noteLook(trx, id, { seenAt, lookAt: isOver ? null : now + again * MINUTE_MS });
      if (seenAt === null) return;
      await core.audit.record(trx, [
        rowEvent(row, core.actor(), 'row.seen-on-network', { afterMs: afterMs(row, seenAt) }),
      ]);
    });
  }
  return due.length;
}

function afterMs(row: StoredRow, seenAt: number): number | null {
  return row.confirmedAt === null ? null : seenAt - row.confirmedAt;
}

async function seenAtOf(deps: SeenDeps, gate: ProcessingGate, row: StoredRow): Promise<number | null> {
  const provider = gate.provider(row.providerUid);
  const id = row.new.iccid ?? row.old.iccid;
  if (provider === null || id === undefined) return null;
  const { result } = await deps.thingspace.findLine(provider, { kind: 'iccid', id });
  return result.ok && result.value !== null ? seenOf(result.value, row, deps.core.clock.now()) : null;
}

/** The carrier says when the line was connected last; one that is connected now has been seen now. */
function seenOf(line: CarrierLine, row: StoredRow, now: number): number | null {
  const last = line.lastConnectionAt === null ? null : Date.parse(line.lastConnectionAt);
  const since = row.sendingAt ?? row.confirmedAt ?? now;
  if (last !== null && last > since) return last;
  return line.connected === true ? now : null;
}
