import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { openLocalDb } from '../../main/localdb/open';
import { createImportsService } from '../../main/services/imports';
import { iccid, imei, lines } from '../support/import-here';
import { buildWorker, type BuiltWorker } from '../support/built-worker';
import { fillMirror } from '../support/mirror';
import { scaled } from '../support/scale';
import { skipBecause } from '../support/skip';

/**
 * An import is whole or not there: killed, out of disk space or stopped at points all over the list, in a process of its
 * own with the real worker thread. Afterwards the next start finds no draft, no row of one, and a sound database whose
 * log is small again.
 */
const ROWS = scaled(1_000_000, 100_000);
const POINTS = scaled(20, 3);
const LINES = 20_000;
/** What the log may keep on the disk when nobody writes (`journal_size_limit`). */
const LOG_LIMIT_BYTES = 64 * 1024 * 1024;

const program = join('.cache', 'tests', `import-child-${process.pid}.mjs`);
let dir = '';
let worker: BuiltWorker;
let file = '';
let prepared = '';
/** Bytes that an undisturbed import needs on the disk, and what the database has before. */
let needs = { before: 0, most: 0 };

/** What was done to the list, and how often something of it was left. */
const figures = { rows: ROWS, killed: 0, stopped: 0, diskFull: 0, leftSomething: 0 };

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'swapdesk-all-'));
  worker = await buildWorker('import-worker');
  await build({
    entryPoints: ['test/support/import-child.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    loader: { '.sql': 'text' },
  });
  file = join(dir, 'list.csv');
  const rows = Array.from(
    { length: ROWS },
    (_, at) => `${iccid(at)},${iccid(at + 5_000_000)},${imei(at % 900_000)}\r\n`,
  );
  writeFileSync(file, `Old ICCID,New ICCID,New IMEI\r\n${rows.join('')}`);
  prepared = join(dir, 'prepared.sqlite');
  const local = await openLocalDb({ file: prepared });
  await fillMirror(local, lines(LINES));
  await local.close();
});
afterAll(async () => {
  console.log(`import-all-or-nothing: ${JSON.stringify(figures)}`);
  await worker.remove();
  rmSync(program, { force: true });
  rmSync(dir, { recursive: true, force: true });
});

interface Run {
  readonly databaseFile: string;
  readonly killAtRow?: number;
  readonly cancelAtRow?: number;
}

/** @returns the last words of the process; null: it was killed before any */
function runChild({ databaseFile, killAtRow, cancelAtRow = 0 }: Run): Promise<string | null> {
  const order = { databaseFile, file, worker: fileURLToPath(worker.url), cancelAtRow: cancelAtRow || null };
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let last: string | null = null;
  createInterface({ input: child.stdout }).on('line', (words) => {
    const rows = /^rows (\d+)$/.exec(words)?.[1];
    needs = { ...needs, most: Math.max(needs.most, sizeOf(databaseFile)) };
    if (rows === undefined) last = words;
    else if (killAtRow !== undefined && Number(rows) >= killAtRow) child.kill('SIGKILL');
  });
  return new Promise((resolve) => child.on('close', () => resolve(last)));
}

const sizeOf = (databaseFile: string): number =>
  ['', '-wal', '-shm'].reduce(
    (bytes, end) => bytes + (existsSync(databaseFile + end) ? statSync(databaseFile + end).size : 0),
    0,
  );

function freshDatabase(folder = join(dir, 'home')): string {
  rmSync(join(folder, 'local.sqlite'), { force: true });
  for (const end of ['-wal', '-shm']) rmSync(join(folder, `local.sqlite${end}`), { force: true });
  mkdirSync(folder, { recursive: true });
  const databaseFile = join(folder, 'local.sqlite');
  copyFileSync(prepared, databaseFile);
  return databaseFile;
}

/** As the next start leaves it. */
async function afterNextStart(databaseFile: string): Promise<unknown> {
  const local = await openLocalDb({ file: databaseFile });
  const imports = createImportsService({
    local,
    workerUrl: worker.url,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  });
  await imports.close();
  const [counts] = await local.read.raw<{ drafts: number; rows: number }[]>(
    `select (select count(*) from draft) as drafts, (select count(*) from draft_row) as rows`,
  );
  const [integrity] = await local.read.raw<{ integrity_check: string }[]>('pragma integrity_check');
  const isLogSmall = existsSync(`${databaseFile}-wal`) && statSync(`${databaseFile}-wal`).size <= LOG_LIMIT_BYTES;
  await local.close();
  return { ...counts, ...integrity, isLogSmall, isLogLeft: existsSync(`${databaseFile}-wal`) };
}

/** Asked without changing anything: the disk may be full. */
async function visibleDrafts(databaseFile: string): Promise<readonly unknown[]> {
  const local = await openLocalDb({ file: databaseFile });
  const drafts = await local.read.raw<unknown[]>(`select id from draft where state = 'ready'`);
  await local.close();
  return drafts;
}

const NOTHING = { drafts: 0, rows: 0, integrity_check: 'ok', isLogSmall: true, isLogLeft: false };
async function expectNothing(databaseFile: string, cause: 'killed' | 'stopped' | 'diskFull'): Promise<void> {
  const left = await afterNextStart(databaseFile);
  figures[cause] += 1;
  if (JSON.stringify(left) !== JSON.stringify(NOTHING)) figures.leftSomething += 1;
  expect(left).toEqual(NOTHING);
}

/** Points all over the list, none at its very beginning or end. */
const points = Array.from({ length: POINTS }, (_, index) => Math.floor((ROWS * (index + 0.5)) / POINTS));

test('undisturbed, every row is accepted or rejected, and the log shrinks back', async () => {
  const databaseFile = freshDatabase();
  needs = { before: sizeOf(databaseFile), most: 0 };
  expect(await runChild({ databaseFile })).toBe(`done ${ROWS} ${ROWS}`);
  expect(await afterNextStart(databaseFile)).toEqual({ ...NOTHING, drafts: 1, rows: ROWS });
}, 600_000);

test.each(points)(
  'killed once %i rows are stored, nothing of the list is there',
  async (killAtRow) => {
    const databaseFile = freshDatabase();
    expect(await runChild({ databaseFile, killAtRow })).toBeNull();
    await expectNothing(databaseFile, 'killed');
  },
  600_000,
);

test.each(points)(
  'stopped once %i rows are stored, nothing of the list is there',
  async (cancelAtRow) => {
    const databaseFile = freshDatabase();
    expect(await runChild({ databaseFile, cancelAtRow })).toBe('refused import-cancelled');
    await expectNothing(databaseFile, 'stopped');
  },
  600_000,
);

describe('with a disk that becomes full', () => {
  const mounted = join(tmpdir(), `swapdesk-full-${process.pid}`);
  const mount = (bytes: number): void => {
    mkdirSync(mounted, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${Math.floor(bytes)}`, 'tmpfs', mounted], { stdio: 'pipe' });
  };
  const unmount = (): void => {
    execFileSync('umount', [mounted], { stdio: 'pipe' });
    rmSync(mounted, { recursive: true });
  };
  const reason = (): string | null => {
    try {
      mount(1024 * 1024);
      unmount();
      return null;
    } catch {
      return 'only a Linux administrator can make a small disk for it';
    }
  };
  beforeEach(skipBecause(reason()));

  test.each(points.map((rows) => rows / ROWS))(
    'after %d of what the list needs, nothing of it is there',
    async (part) => {
      mount(needs.before + (needs.most - needs.before) * part);
      try {
        const databaseFile = freshDatabase(mounted);
        expect(await runChild({ databaseFile })).toBe('refused disk-full');
        expect(await visibleDrafts(databaseFile)).toEqual([]);
        // Taking rows away needs space too: what nobody sees is removed by the first start that has some.
        execFileSync('mount', ['-o', `remount,size=${needs.most * 3}`, mounted], { stdio: 'pipe' });
        await expectNothing(databaseFile, 'diskFull');
      } finally {
        unmount();
      }
    },
    600_000,
  );
});
