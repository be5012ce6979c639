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

type Asks = Pick<ThingSpaceService, 'findLine' | 'history'>;

export async function takeSnapshot(
  deps: { readonly core: ChangesCore; readonly thingspace: Asks },
  row: StoredRow,
  provider: Provider,
): Promise<Snapshot> {
  const { core } = deps;
  const takenAt = isoTime(core.clock.now());
  const carrier = row.asksCarrierFirst ? await carrierLine(deps.thingspace, row, provider) : null;
  const line = carrier?.line ?? (await mirroredLine(core.local.read, row.deviceId));
  const text = canonicalText({
    format: 'swapdesk-snapshot-1',
    takenAt,
    source: carrier?.line === undefined || carrier.line === null ? 'mirror' : 'carrier',
    ...(carrier !== null && carrier.line === null ? { carrier: carrier.why } : {}),
    line: line ?? `The mirror holds no line ${row.deviceId}`,
    ...(carrier === null || carrier.line === null ? {} : { history: carrier.history }),
  });
  return { text, hash: sha256(text) };
}

type CarrierSnapshot =
  | { readonly line: Readonly<Record<string, unknown>>; readonly history: unknown }
  | { readonly line: null; readonly why: string };

async function carrierLine(thingspace: Asks, row: StoredRow, provider: Provider): Promise<CarrierSnapshot> {
  const kind = row.old.iccid === undefined ? 'imei' : 'iccid';
  const id = row.old[kind];
  if (id === undefined) return { line: null, why: 'the row names no old identifier' };
  const { result } = await thingspace.findLine(provider, { kind, id });
  if (!result.ok) return { line: null, why: result.error.code };
  if (result.value === null) return { line: null, why: 'the carrier lists no such line' };
  const { iccid, imei, mdn, eid, status, carrierPlan, lastConnectionAt, connected } = result.value;
  // Not every account may ask for it: then the snapshot says so, and the swap goes on.
  const { result: told } = await thingspace.history(provider, { kind, id });
  return {
    line: { iccid, imei, mdn, eid, status, carrierPlan, lastConnectionAt, connected },
    history: told.ok ? told.value : `Not told by the carrier: ${told.error.code}`,
  };
}
