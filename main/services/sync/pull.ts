import { workFailed } from '../../../shared/domain/fault';
import type { CentralTrx } from '../../centraldb';
import type { Clock } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import type { LocalDb, Trx } from '../../localdb/types';
import type { Session } from '../identity';
import { readBusyLines, writeBusyLines } from './busy-lines.repo';
import { readChanges, readPage, readStart } from './central.repo';
import {
  applyRows,
  createIncoming,
  dropIncoming,
  dropOutgoing,
  fillIncoming,
  missingIndexes,
  readMirrorState,
  readUnfinished,
  swapIncoming,
  writeMirrorState,
  writeUnfinished,
  type Prefix,
} from './mirror.repo';
import { MIRROR_TABLES } from './mirror-tables';
import { decidePull, type FullPull, type LogPosition, type PassPull, type UnfinishedPull } from './sync.rules';

/** Rows in one local transaction at most: everything else that writes waits for it. */
const PAGE_ROWS = 10_000;

export interface PullDeps {
  readonly local: LocalDb;
  readonly inCentral: <T>(fn: (trx: CentralTrx) => Promise<T>) => Promise<T>;
  readonly session: () => Session;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Brings the mirror up to date. It can be broken off at any instant: a full pull is not seen before it is whole, a pass
 * stores whole pages; either goes on where it stood when the next one begins.
 *
 * @returns how many rows changed, tombstones included
 */
export async function pull(deps: PullDeps, signal?: AbortSignal): Promise<number> {
  const { local, log } = deps;
  const { start, busy } = await deps.inCentral(async (trx) => ({
    start: await readStart(trx, deps.session()),
    busy: await readBusyLines(trx),
  }));
  const mirror = await readMirrorState(local.read);
  const unfinished = await readUnfinished(local.read);
  const firstTable = MIRROR_TABLES[0]?.name ?? '';
  const decision = decidePull(start, mirror, unfinished, firstTable, deps.clock.now());
  await local.write(async (trx) => {
    await dropOutgoing(trx);
    await writeBusyLines(trx, busy);
  });

  switch (decision.pull.kind) {
    case 'full':
      log.info('full pull', { resumed: decision.resumed });
      return pullAll(deps, decision.pull, decision.resumed, signal);
    case 'pass':
      if (unfinished?.kind === 'full') await local.write(dropIncoming);
      return pass(deps, decision.pull, signal);
  }
}

async function pullAll(deps: PullDeps, full: FullPull, resumed: boolean, signal?: AbortSignal): Promise<number> {
  const { local } = deps;
  if (!resumed) {
    await local.write(async (trx) => {
      await createIncoming(trx);
      await writeUnfinished(trx, full);
    });
  }
  const pulled = await fillTables(deps, full, signal);
  for (const sql of await missingIndexes(local.read)) {
    await local.write(async (trx) => void (await trx.raw(sql)));
    stopIfAsked(signal);
  }
  // What has changed since the first page was read.
  const start = await deps.inCentral((trx) => readStart(trx, deps.session()));
  const more = await applyChanges(deps, {
    prefix: 'incoming_',
    after: { xid: full.passXid, seq: 0 },
    signal,
    remember: async () => undefined,
    finish: async (trx) => {
      await swapIncoming(trx);
      await writeMirrorState(trx, {
        centralUid: full.centralUid,
        scope: full.scope,
        cursorXid: start.oldestXid,
        mirrorAt: full.startedAt,
      });
    },
  });
  await local.write(dropOutgoing);
  return pulled + more;
}

async function fillTables(deps: PullDeps, full: FullPull, signal?: AbortSignal): Promise<number> {
  let pulled = 0;
  let state = full;
  const first = MIRROR_TABLES.findIndex((table) => table.name === full.table);
  for (const table of MIRROR_TABLES.slice(Math.max(first, 0))) {
    let afterId = table.name === full.table ? full.afterId : 0;
    for (;;) {
      stopIfAsked(signal);
      const from = afterId;
      const rows = await deps.inCentral((trx) => readPage(trx, table, from, PAGE_ROWS));
      afterId = rows.at(-1)?.[0] ?? afterId;
      const reached: FullPull = { ...state, table: table.name, afterId };
      await deps.local.write(async (trx) => {
        await fillIncoming(trx, table, rows);
        await writeUnfinished(trx, reached);
      });
      state = reached;
      pulled += rows.length;
      if (rows.length < PAGE_ROWS) break;
    }
  }
  return pulled;
}

function pass(deps: PullDeps, begun: PassPull, signal?: AbortSignal): Promise<number> {
  const withPosition = (after: LogPosition): UnfinishedPull => ({ ...begun, after });
  return applyChanges(deps, {
    prefix: '',
    after: begun.after,
    signal,
    remember: (trx, after) => writeUnfinished(trx, withPosition(after)),
    finish: (trx) =>
      writeMirrorState(trx, {
        centralUid: begun.centralUid,
        scope: begun.scope,
        cursorXid: begun.passXid,
        mirrorAt: begun.startedAt,
      }),
  });
}

interface ChangesOptions {
  readonly prefix: Prefix;
  readonly after: LogPosition;
  readonly signal: AbortSignal | undefined;
  /** With each page but the last, in its transaction. */
  readonly remember: (trx: Trx, reached: LogPosition) => Promise<void>;
  /** With the last page, in its transaction. */
  readonly finish: (trx: Trx) => Promise<void>;
}

async function applyChanges(deps: PullDeps, options: ChangesOptions): Promise<number> {
  let position = options.after;
  let owed: readonly number[] = [];
  let changed = 0;
  for (;;) {
    stopIfAsked(options.signal);
    const [from, owedNow] = [position, owed];
    const page = await deps.inCentral((trx) => readChanges(trx, from, owedNow, PAGE_ROWS));
    const applied = await deps.local.write(async (trx) => {
      let changedHere = 0;
      const evictedIds: number[] = [];
      for (const { table, rows, goneUids } of page.tables) {
        const outcome = await applyRows(trx, options.prefix, table, rows, goneUids);
        changedHere += outcome.changed;
        evictedIds.push(...outcome.evictedIds);
      }
      const isDone = page.isLast && evictedIds.length === 0;
      await (isDone ? options.finish(trx) : options.remember(trx, page.end));
      return { changedHere, evictedIds, isDone };
    });
    changed += applied.changedHere;
    if (applied.isDone) return changed;
    position = page.end;
    owed = applied.evictedIds;
  }
}

function stopIfAsked(signal?: AbortSignal): void {
  if (signal?.aborted !== true) return;
  throw workFailed({
    code: 'sync-stopped',
    what: 'Syncing was stopped',
    why: 'somebody asked for it',
    todo: 'Sync again; it goes on where it stood.',
  });
}
