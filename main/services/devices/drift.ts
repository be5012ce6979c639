import type { Drift, DriftSide } from '../../../shared/domain/drift';
import type { Session } from '../identity';
import { inCentral, type DevicesDeps } from './collaborators';
import { centralLines, lastChanges, mirrorLines, type StoredSide } from './drift.repo';
import { judgeDrift, type LastChange } from './drift.rules';
import type { InTransaction } from './load';
import type { DevicesService, LineFacts, Provider } from './types';

const PAGE = 5_000;
const CHANGES_A_CALL = 5_000;

interface Compared {
  readonly deviceId: number | null;
  readonly carrier: DriftSide;
  readonly central: DriftSide;
  readonly mirror: DriftSide;
}

/**
 * Compares what carrier, central database and mirror say of a provider's lines. A line of the carrier is the central one
 * with its ICCID, else with its MDN, else with its IMEI: whatever was changed elsewhere, one of them has stayed.
 */
export function createDrift(deps: DevicesDeps): Pick<DevicesService, 'drift'> {
  return {
    async drift(session, provider, pages) {
      deps.identity.require(session, 'lines.load');
      const compared = await compare(deps, session, provider, pages);
      const suspects = compared.filter((line) => judge(provider, line, null) !== null);
      const last = await lastChangesOf(inCentral(deps, session), provider, suspects);
      const drifts = suspects.flatMap((line) => {
        const drift = judge(provider, line, line.deviceId === null ? null : (last.get(line.deviceId) ?? null));
        return drift === null ? [] : [drift];
      });
      return { lines: compared.length, drifts };
    },
  };
}

function judge(provider: Provider, line: Compared, last: LastChange | null): Drift | null {
  return judgeDrift({ ...line, provider: provider.name, last });
}

async function compare(
  deps: DevicesDeps,
  session: Session,
  provider: Provider,
  pages: AsyncIterable<readonly LineFacts[]>,
): Promise<readonly Compared[]> {
  const central = inCentral(deps, session);
  const centrally = await allOf((afterId) => central((trx) => centralLines(trx, provider.id, afterId, PAGE)));
  const mirrored = new Map(
    (await allOf((afterId) => mirrorLines(deps.local.read, provider.id, afterId, PAGE))).map((line) => [line.id, line]),
  );
  const left = new Map(centrally.map((line) => [line.id, line]));
  const find = finderOf(centrally);
  const compared: Compared[] = [];
  for await (const page of pages) {
    for (const facts of page) {
      const match = find(facts, left);
      if (match !== null) left.delete(match.id);
      compared.push({
        deviceId: match?.id ?? null,
        carrier: sideOf(facts),
        central: sideOf(match),
        mirror: sideOf(match === null ? null : (mirrored.get(match.id) ?? null)),
      });
    }
  }
  for (const line of left.values()) {
    compared.push({
      ...{ deviceId: line.id, carrier: null, central: sideOf(line) },
      mirror: sideOf(mirrored.get(line.id) ?? null),
    });
  }
  return compared;
}

async function allOf(page: (afterId: number) => Promise<readonly StoredSide[]>): Promise<readonly StoredSide[]> {
  const all: StoredSide[] = [];
  for (;;) {
    const part = await page(all.at(-1)?.id ?? 0);
    if (part.length === 0) return all;
    all.push(...part);
  }
}

function finderOf(
  lines: readonly StoredSide[],
): (facts: LineFacts, left: ReadonlyMap<number, StoredSide>) => StoredSide | null {
  const by = (of: (line: StoredSide) => string | null): ReadonlyMap<string, StoredSide> =>
    new Map(lines.flatMap((line) => (of(line) === null ? [] : [[of(line) ?? '', line] as const])));
  const [iccids, mdns, imeis] = [by((line) => line.iccid), by((line) => line.mdn), by((line) => line.imei)];
  return (facts, left) => {
    const candidates = [iccids.get(facts.iccid), mdns.get(facts.mdn ?? ''), imeis.get(facts.imei ?? '')];
    return candidates.find((line) => line !== undefined && left.has(line.id)) ?? null;
  };
}

function sideOf(line: Pick<StoredSide, 'iccid' | 'imei' | 'mdn' | 'status'> | null): DriftSide {
  if (line === null) return null;
  const { iccid, imei, mdn, status } = line;
  return { iccid, ...(imei === null ? {} : { imei }), mdn, status };
}

async function lastChangesOf(
  central: InTransaction,
  provider: Provider,
  lines: readonly Compared[],
): Promise<ReadonlyMap<number, LastChange>> {
  const ids = lines.flatMap((line) => (line.deviceId === null ? [] : [line.deviceId]));
  const found = new Map<number, LastChange>();
  for (let from = 0; from < ids.length; from += CHANGES_A_CALL) {
    const part = ids.slice(from, from + CHANGES_A_CALL);
    for (const [id, change] of await central((trx) => lastChanges(trx, provider.id, part))) found.set(id, change);
  }
  return found;
}
