import { isoTime } from '../../lib/clock';
import { canonicalText, sha256 } from '../../lib/canonical';
import type { Provider } from '../devices/types';
import type { ThingSpaceService } from '../thingspace/types';
import type { StoredRow } from './changes.repo';
import type { ChangesCore } from './core';
import { mirroredLine } from './snapshot.repo';

/**
 * What the line was before the swap: afterwards the carrier answers no more questions about the old identifier. Kept with
 * the row, with its hash; a row without one says why.
 */
export interface Snapshot {
  readonly text: string;
  readonly hash: string;
}

export async function takeSnapshot(
  deps: { readonly core: ChangesCore; readonly thingspace: Pick<ThingSpaceService, 'findLine'> },
  row: StoredRow,
  provider: Provider,
): Promise<Snapshot> {
  const { core } = deps;
  const takenAt = isoTime(core.clock.now());
  const carrier = row.asksCarrierFirst ? await carrierLine(deps, row, provider) : null;
  const line = carrier?.line ?? (await mirroredLine(core.local.read, row.deviceId));
  const text = canonicalText({
    format: 'swapdesk-snapshot-1',
    takenAt,
    source: carrier?.line === undefined || carrier.line === null ? 'mirror' : 'carrier',
    ...(carrier !== null && carrier.line === null ? { carrier: carrier.why } : {}),
    line: line ?? `The mirror holds no line ${row.deviceId}`,
  });
  return { text, hash: sha256(text) };
}

async function carrierLine(
  deps: { readonly thingspace: Pick<ThingSpaceService, 'findLine'> },
  row: StoredRow,
  provider: Provider,
): Promise<{ readonly line: Readonly<Record<string, unknown>> | null; readonly why: string }> {
  const kind = row.old.iccid === undefined ? 'imei' : 'iccid';
  const id = row.old[kind];
  if (id === undefined) return { line: null, why: 'the row names no old identifier' };
  const { result } = await deps.thingspace.findLine(provider, { kind, id });
  if (!result.ok) return { line: null, why: result.error.code };
  if (result.value === null) return { line: null, why: 'the carrier lists no such line' };
  const { iccid, imei, mdn, eid, status, carrierPlan, lastConnectionAt, connected } = result.value;
  return { line: { iccid, imei, mdn, eid, status, carrierPlan, lastConnectionAt, connected }, why: '' };
}
