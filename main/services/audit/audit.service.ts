import type { AuditEntry } from '../../../shared/domain/audit';
import { isoTime, type Clock } from '../../lib/clock';
import { beforeCommit } from '../../localdb/before-commit';
import type { LocalDb, Trx } from '../../localdb/types';
import {
  appendEntries,
  countEntries,
  countUpToLimit,
  entriesAfter,
  headsToAppendTo,
  newestEntries,
  snapshot,
  type EntryToAppend,
  type StoredEntry,
  type StoredHead,
} from './audit.repo';
import { chainOf, sealEntry } from './chain.rules';
import { exportTrail } from './export-file';
import { SEARCH_COUNT_LIMIT } from './search.rules';
import type { AuditEvent, AuditService } from './types';
import { verifyExport } from './verify-file';
import { verifyTrail } from './verify-trail';

export interface AuditServiceDeps {
  readonly local: Pick<LocalDb, 'read'>;
  /** Who appends: `desktop:<desktopUid>:<userUid>`. One writer is one local database. */
  readonly writer: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Bounds the JSON that crosses into SQLite at once. */
const ENTRIES_A_STATEMENT = 2_000;

/**
 * The audit trail: hash chains, one for each writer and service provider. An entry exists if and only if the work does:
 * it is appended inside the transaction of what it records, under SQLite's write lock, so that several processes of one
 * data folder take turns and every chain stays one line.
 */
export function createAuditService({ local, writer, clock }: AuditServiceDeps): AuditService {
  const waitingIn = new WeakMap<Trx, Recorded[]>();
  return {
    async record(trx, events) {
      if (events.length === 0) return;
      const at = isoTime(clock.now());
      const recorded = events.map((event) => ({ event, at }));
      const waiting = waitingIn.get(trx);
      if (waiting !== undefined) {
        for (const one of recorded) waiting.push(one);
        return;
      }
      // The chain's head moves once for everything that the transaction records.
      const appendAll = async (): Promise<void> => {
        waitingIn.delete(trx);
        await append(trx, writer, recorded);
      };
      if (beforeCommit(trx, appendAll)) waitingIn.set(trx, recorded);
      else await appendAll();
    },
    async search({ limit, offset, ...filter }) {
      const entries = (await newestEntries(local.read, filter, { limit, offset })).map(entryOf);
      const isWhole = Object.values(filter).every((value) => value === undefined || value === '');
      if (isWhole) {
        const { heads } = await snapshot(local.read);
        return { total: heads.reduce((sum, { seq }) => sum + seq, 0), totalIsExact: true, entries };
      }
      const counted = await countUpToLimit(local.read, filter);
      return {
        total: Math.min(counted, SEARCH_COUNT_LIMIT),
        totalIsExact: counted <= SEARCH_COUNT_LIMIT,
        entries,
      };
    },
    count: (filter) => countEntries(local.read, filter),
    verify: (centralHeads) => verifyTrail(local.read, writer, centralHeads),
    verifyFile: (file) => verifyExport(file),
    export: (format, outFile, filter) => exportTrail(local.read, clock.now(), { format, outFile, filter }),
    async heads() {
      const { heads } = await snapshot(local.read);
      return heads.filter(({ seq }) => seq > 0).map(({ chain, seq, hash }) => ({ chain, seq, hash }));
    },
    async after(chain, seq, limit) {
      return (await entriesAfter(local.read, chain, seq, limit)).map(entryOf);
    },
  };
}

/** An event, and when it was. */
interface Recorded {
  readonly event: AuditEvent;
  readonly at: string;
}

async function append(trx: Trx, writer: string, recorded: readonly Recorded[]): Promise<void> {
  const chains = [...new Set(recorded.map(({ event }) => chainOf(writer, event.provider)))];
  const { heads, lastId } = await headsToAppendTo(trx, chains);
  const headOf = new Map<string, StoredHead>(heads.map((head) => [head.chain, head]));
  let id = lastId;
  for (let from = 0; from < recorded.length; from += ENTRIES_A_STATEMENT) {
    const entries = recorded.slice(from, from + ENTRIES_A_STATEMENT).map(({ event, at }): EntryToAppend => {
      const head = headOf.get(chainOf(writer, event.provider));
      if (head === undefined) throw new Error(`no chain for provider ${event.provider}`);
      const sealed = sealEntry(event, head, at);
      headOf.set(head.chain, { ...head, seq: sealed.seq, hash: sealed.hash });
      id += 1;
      return { ...sealed, id, chainId: head.chainId };
    });
    await appendEntries(trx, entries, [...headOf.values()]);
  }
}

function entryOf({ body, hash }: StoredEntry): AuditEntry {
  return { ...(JSON.parse(body) as Omit<AuditEntry, 'hash'>), hash };
}
