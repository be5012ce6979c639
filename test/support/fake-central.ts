import type { IdentifierPair } from '../../shared/domain/change';
import { workFailed } from '../../shared/domain/fault';
import type { IdentifiersService, ProviderPause } from '../../main/services/identifiers/types';

export interface FakeCentral extends IdentifiersService {
  readonly lines: Map<number, IdentifierPair>;
  readonly pushed: Map<string, { readonly status: string; readonly rowVersion: number }>;
  readonly applied: Set<string>;
  /** Line number → who else holds it. */
  readonly heldElsewhere: Map<number, string>;
  readonly released: Set<string>;
  /** Uids that another desk has taken. */
  readonly taken: Set<string>;
  away: boolean;
  senderElsewhere: string | null;
  /** Provider uid → its pause on every desk. */
  readonly pauses: Map<string, ProviderPause>;
  /** Row uid → what it is to become. */
  readonly edited: Map<string, IdentifierPair>;
}

/** The central database's promises, in memory. */
export function createFakeCentral(): FakeCentral {
  let centralId = 0;
  let fencing = 0;
  const reach = (): void => {
    if (central.away) throw workFailed({ code: 'central-unreachable', what: 'The central database cannot be reached' });
  };
  const central: FakeCentral = {
    lines: new Map(),
    pushed: new Map(),
    applied: new Set(),
    heldElsewhere: new Map(),
    released: new Set(),
    taken: new Set(),
    away: false,
    senderElsewhere: null,
    pauses: new Map(),
    edited: new Map(),

    async enrol(_change, rows) {
      reach();
      const grants = rows.map((row) => {
        const heldBy = central.heldElsewhere.get(row.deviceId) ?? null;
        return {
          uid: row.uid,
          centralId: (centralId += 1),
          granted: heldBy === null,
          fencing: (fencing += 1),
          heldBy,
        };
      });
      return { centralId: 1, grants };
    },
    async renewLeases(uids) {
      reach();
      return uids.filter((uid) => central.taken.has(uid));
    },
    async markSending(uid) {
      reach();
      return !central.taken.has(uid);
    },
    async releaseLeases(uids) {
      reach();
      uids.forEach((uid) => central.released.add(uid));
    },
    async update(input) {
      reach();
      if (central.applied.has(input.deviceChangeUid)) return { kind: 'already-applied' };
      const found = central.lines.get(input.deviceId) ?? null;
      const same =
        found !== null &&
        (input.old.iccid === undefined || input.old.iccid === found.iccid) &&
        (input.old.imei === undefined || input.old.imei === found.imei);
      if (!same) return { kind: 'conflict', reason: 'the line has other identifiers', found };
      central.lines.set(input.deviceId, { ...found, ...input.new });
      central.applied.add(input.deviceChangeUid);
      return { kind: 'updated' };
    },
    async pushStatuses(rows) {
      reach();
      for (const row of rows) {
        if ((central.pushed.get(row.uid)?.rowVersion ?? 0) < row.rowVersion) {
          central.pushed.set(row.uid, { status: row.status, rowVersion: row.rowVersion });
        }
      }
    },
    async acquireSender() {
      reach();
      return central.senderElsewhere === null ? { fencing: (fencing += 1) } : { holder: central.senderElsewhere };
    },
    async renewSender() {
      reach();
      return central.senderElsewhere === null;
    },
    async releaseSender() {
      reach();
    },
    async pauseProvider(providerUid, note) {
      reach();
      central.pauses.set(providerUid, { providerUid, note, by: 'olivia', at: 0 });
    },
    async resumeProvider(providerUid) {
      reach();
      return central.pauses.delete(providerUid);
    },
    async listPauses() {
      reach();
      return [...central.pauses.values()];
    },
    async editNew(uid, next) {
      reach();
      central.edited.set(uid, next);
    },
  };
  return central;
}
