import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { AS_FOUND } from '../shared/contract/imports';
import { systemClock } from '../main/lib/clock';
import { systemIds } from '../main/lib/ids';
import { silentLog } from '../main/lib/logger';
import { openLocalDb } from '../main/localdb/open';
import type { LocalDb } from '../main/localdb/types';
import { createDraftsService, createDraftWork, createProblemRows } from '../main/services/drafts';
import type { DraftsService, RowFilter } from '../main/services/drafts/types';
import { createImportsService, createRowJudge } from '../main/services/imports';
import { buildWorker } from '../test/support/built-worker';
import { PROVIDER, PROVIDER_UID } from '../test/support/mirror';
import { csvFile, csvText, mirrorFile, mirrorText } from './data';
import { dataDir, runBenchmark, type Measured, type Variant } from './harness';

/** What a person does with a whole draft, while the thread that answers the window is watched. */

const ALL: RowFilter = { verdict: null, finding: null, text: '', excluded: 'any' };
const CHOICE = { onlyValid: true, acceptWarnings: false };
const EDITS = 20;

const fileOf = (rows: number): string => join(dataDir, `draft-${rows}.sqlite`);

/** A draft as an import leaves it, beside its mirror. */
async function prepare(rows: number): Promise<string> {
  const data = `${csvText(rows)}, imported; ${mirrorText(rows)}`;
  if (existsSync(fileOf(rows))) return data;
  const [file, worker] = [await csvFile(rows), await buildWorker('import-worker')];
  copyFileSync(await mirrorFile(rows), fileOf(rows));
  const local = await openLocalDb({ file: fileOf(rows) });
  const imports = createImportsService({
    local,
    workerUrl: worker.url,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  });
  await imports.importFile({
    ...{ file, sourceName: 'list.csv', providerUid: PROVIDER_UID, changeType: null, look: AS_FOUND, map: [] },
    ...{ continueDraftId: null, createdBy: 'bench' },
  });
  await imports.close();
  await local.close();
  await worker.remove();
  return data;
}

interface Bench {
  readonly local: LocalDb;
  readonly drafts: DraftsService;
  readonly problemRows: ReturnType<typeof createProblemRows>;
  readonly draftId: number;
}

/** A working copy: every variant begins with the draft as it was imported. */
async function withDraft(rows: number, name: string, work: (bench: Bench) => Promise<void>): Promise<Measured> {
  const file = join(dataDir, `draft-work-${name}.sqlite`);
  const remove = (): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  };
  remove();
  copyFileSync(fileOf(rows), file);
  const [local, worker] = [await openLocalDb({ file }), await buildWorker('draft-worker')];
  const judge = createRowJudge({ read: local.read, clock: systemClock });
  const { workFor, close } = createDraftWork({ local, judge, clock: systemClock, workerUrl: worker.url });
  const drafts = createDraftsService({
    ...{ local, judge, workFor, clock: systemClock, ids: systemIds },
    audit: { record: () => Promise.resolve() },
    actor: () => ({ userName: 'bench', role: 'administrator', providerUids: null }),
    inCentral: () => Promise.reject(new Error('no central database')),
  });
  const [draft] = await drafts.list();
  if (draft === undefined) throw new Error('the draft is gone');
  const bench = { local, drafts, problemRows: createProblemRows({ workFor }), draftId: draft.id };
  const watched = await watch(local, () => work(bench));
  await close();
  await local.close();
  await worker.remove();
  remove();
  return watched;
}

/** CPU time of this thread, ms: on a busy machine the clock tells of the others too. */
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

/** The most CPU time between two turns of the event loop: nobody is answered meanwhile. */
function watchTurns(): () => number {
  let longest = 0;
  let before = cpuMs();
  const timer = setInterval(() => {
    const now = cpuMs();
    longest = Math.max(longest, now - before);
    before = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

/** How long the work takes, how long it holds up its thread, and how long somebody else who writes waits at most. */
async function watch(local: LocalDb, work: () => Promise<void>): Promise<Measured> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const turns = watchTurns();
  const state = { isDone: false, longestWriteMs: 0 };
  const writes = (async () => {
    while (!state.isDone) {
      const startedAt = performance.now();
      await local.write((trx) => trx.raw(`insert or replace into setting values ('bench', '1')`));
      state.longestWriteMs = Math.max(state.longestWriteMs, performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  delays.enable();
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  delays.disable();
  const longestCpuMs = turns();
  state.isDone = true;
  await writes;
  return {
    ms,
    longestCpuMs,
    longestBlockMs: delays.max / 1e6,
    blockP99Ms: delays.percentile(99) / 1e6,
    longestWriteMs: state.longestWriteMs,
  };
}

const WORK: Readonly<Record<string, (bench: Bench) => Promise<unknown>>> = {
  async recheck({ local, drafts, draftId }) {
    await local.write((trx) => trx.raw('update sync_state set mirror_at = mirror_at + 1'));
    await drafts.recheck(draftId);
  },
  'leave all out': ({ drafts, draftId }) => drafts.exclude(draftId, { filter: ALL }),
  async 'leave all out, then undo'({ drafts, draftId }) {
    await drafts.exclude(draftId, { filter: ALL });
    await drafts.undo(draftId);
  },
  async 'dry run'({ drafts, draftId }) {
    await drafts.plan(await drafts.get(String(draftId)), PROVIDER, CHOICE, 500);
  },
  async 'export all'({ drafts, problemRows, draftId }) {
    const draft = await drafts.get(String(draftId));
    await problemRows.write(draft, ['valid', 'warning', 'error'], 'csv', join(dataDir, 'bench-problems.csv'));
  },
  copy: ({ drafts, draftId }) => drafts.copy(draftId, 'copy'),
  async 'filter, sort and page'({ drafts, draftId }) {
    const page = { limit: 200, offset: 6_000 } as const;
    await drafts.rows(draftId, { ...page, filter: ALL, sort: { by: 'newIccid', direction: 'descending' } });
    await drafts.rows(draftId, {
      ...page,
      filter: { ...ALL, text: '7' },
      sort: { by: 'note', direction: 'ascending' },
    });
  },
  async [`${EDITS} single edits`]({ drafts, draftId }) {
    for (let row = 1; row <= EDITS; row += 1) await drafts.editRow(draftId, row * 100, { note: 'bench' });
  },
};

const variants = Object.entries(WORK).map(([name, work]): Variant => ({
  name,
  run: (rows) => withDraft(rows, name.replace(/\W+/g, '-'), async (bench) => void (await work(bench))),
}));

await runBenchmark({
  name: 'drafts',
  rows: 1_000_000,
  rounds: 1,
  prepare,
  variants,
  figures: Object.keys(WORK).map((name) => ({
    name: `${name}: longest block of the main thread, ms of CPU`,
    goal: 50,
    value: (median) => median(name, 'longestCpuMs'),
  })),
});
