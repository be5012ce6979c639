import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { initCentral, openCentralDb, startEmbedded, type EmbeddedCentral } from '../../main/centraldb';
import { readPostmaster } from '../../main/centraldb/embedded/postmaster';
import { withClient } from '../../main/centraldb/migrate';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { makeVerifier } from '../../main/services/identity';

// Real processes, real kills. Each test has a data folder of its own.
const isRoot = process.getuid?.() === 0;
const childProgram = join('.cache', 'tests', `embedded-child-${process.pid}.mjs`);
let home = '';
let started: ChildProcess[] = [];
let folders: Set<string>;

beforeAll(async () => {
  await build({
    entryPoints: ['test/support/embedded-child.ts'],
    outfile: childProgram,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    loader: { '.sql': 'text' },
  });
});
afterAll(() => rmSync(childProgram, { force: true }));

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'swapdesk-embedded-'));
  started = [];
  folders = new Set();
});
afterEach(async () => {
  for (const child of started) child.kill('SIGKILL');
  // Attaching and letting go stops whatever a killed child has left.
  const last = await attach().catch(() => null);
  await last?.release();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
});

async function attach(create = true): Promise<EmbeddedCentral> {
  const embedded = await startEmbedded({
    homeDir: home,
    holder: 'a test',
    create,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  });
  folders.add(embedded.dataFolder);
  return embedded;
}

async function attachInChild(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [childProgram, home], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  expect(first.toString()).toBe('attached\n');
  return child;
}

async function letGo(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.write('x');
  await ended;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function query(embedded: EmbeddedCentral, sql: string): Promise<unknown[]> {
  const connection = { ...(await embedded.adminConnection()), database: 'postgres' };
  return withClient(connection, async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
}

const server = (embedded: EmbeddedCentral) => readPostmaster(join(embedded.dataFolder, 'cluster'));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('processes of one data folder', () => {
  test('share one server; the last one out stops it', async () => {
    const first = await attach();
    const second = await attachInChild();
    const running = server(first);
    expect(running).not.toBeNull();
    const third = await attachInChild();
    expect(server(first)?.pid).toBe(running?.pid);
    await first.release();
    await first.release();
    await letGo(second);
    expect(server(first)?.pid).toBe(running?.pid);
    await letGo(third);
    expect(server(first)).toBeNull();
  });

  test('that start at the same moment get one server', async () => {
    const children = await Promise.all([attachInChild(), attachInChild(), attachInChild()]);
    const mine = await attach();
    const pid = server(mine)?.pid;
    await mine.release();
    await Promise.all(children.slice(1).map(letGo));
    expect(server(mine)?.pid).toBe(pid);
    await letGo(children[0]);
    expect(server(mine)).toBeNull();
  });

  test('that are killed do not count: the server outlives its starter, is used again, and stops with the next', async () => {
    const starter = await attachInChild();
    const bystander = await attachInChild();
    await kill(starter);
    await kill(bystander);
    const mine = await attach();
    const pid = server(mine)?.pid;
    expect(await query(mine, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(server(mine)?.pid).toBe(pid);
    await mine.release();
    expect(server(mine)).toBeNull();
  });

  test('whose starter is killed keep no pipe of it open', async () => {
    const starter = await attachInChild();
    const closed = once(starter, 'close');
    await kill(starter);
    await closed;
    const mine = await attach();
    await mine.release();
  });
});

describe('a server that dies', () => {
  test('is started again with everything that was committed', async () => {
    const mine = await attach();
    await query(mine, 'create table kept (x int)');
    await query(mine, 'insert into kept select generate_series(1, 1000)');
    const before = server(mine)?.pid ?? 0;
    process.kill(before, 'SIGKILL');
    while (server(mine) !== null) await systemClock.sleep(5);
    expect(await query(mine, 'select count(*)::int as count from kept')).toEqual([{ count: 1000 }]);
    expect(server(mine)?.pid).not.toBe(before);
    await mine.release();
  });

  test('is not noticed by a desk that asks only afterwards', async () => {
    const mine = await attach();
    const administrator = { name: 'boss', ...(await makeVerifier('a password of the boss')) };
    const connection = await mine.adminConnection();
    await initCentral({
      ...{ connection, administrator, desktopPassword: mine.desktopPassword },
      ...{ ids: systemIds, log: silentLog },
    });
    const central = openCentralDb({
      address: 'embedded',
      connect: () => mine.desktopConnection(),
      log: silentLog,
    });
    const ask = async (): Promise<number> => {
      const answer = await central.withoutSession((trx) => trx.raw('select pg_backend_pid() as pid'));
      return answer.rows[0].pid;
    };
    let backend = await ask();
    for (let round = 0; round < 2; round += 1) {
      process.kill(server(mine)?.pid ?? 0, 'SIGKILL');
      // The process that served the desk outlives its server for a moment, and could still take the question with it.
      while (isAlive(backend)) await systemClock.sleep(5);
      const next = await ask();
      expect(next).not.toBe(backend);
      backend = next;
    }
    await central.close();
    await mine.release();
  });

  test('with its process number given to another program is not mistaken for that program', async () => {
    const mine = await attach();
    const cluster = join(mine.dataFolder, 'cluster');
    const left = readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
    await mine.release();
    writeFileSync(join(cluster, 'postmaster.pid'), left.replace(/^\d+/, String(process.pid)));
    expect(readPostmaster(cluster)).toBeNull();
    const again = await attach();
    expect(await query(again, 'select 1 as one')).toEqual([{ one: 1 }]);
    await again.release();
  });
});

describe('a data folder', () => {
  test('without an embedded database is refused unless one may be made', async () => {
    await expect(attach(false)).rejects.toMatchObject({ code: 'central-not-initialised' });
    await (await attach()).release();
    await (await attach(false)).release();
  });

  test('with a half-made cluster gets a whole one', async () => {
    const probe = await attach();
    await probe.release();
    rmSync(join(home, 'embedded'), { recursive: true, force: true });
    rmSync(join(probe.dataFolder, 'cluster'), { recursive: true, force: true });
    mkdirSync(join(probe.dataFolder, 'cluster.unfinished', 'base'), { recursive: true });
    const again = await attach();
    expect(await query(again, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(existsSync(join(probe.dataFolder, 'cluster.unfinished'))).toBe(false);
    await again.release();
  });

  test('that was deleted and made anew gets a new database, and the old one is put aside', async () => {
    const first = await attach();
    await query(first, 'create table old (x int)');
    await first.release();
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home);
    const second = await attach();
    expect(await query(second, "select from pg_tables where tablename = 'old'")).toEqual([]);
    await second.release();
  });

  test('whose cluster was lost says so instead of making an empty one', async () => {
    const mine = await attach();
    await mine.release();
    rmSync(join(mine.dataFolder, 'cluster'), { recursive: true, force: true });
    await expect(attach()).rejects.toMatchObject({ code: 'embedded-missing' });
  });

  test('made by another major version is refused', async () => {
    const mine = await attach();
    await mine.release();
    writeFileSync(join(mine.dataFolder, 'cluster', 'PG_VERSION'), '11\n');
    await expect(attach()).rejects.toMatchObject({ code: 'embedded-version' });
  });

  test('keeps its passwords to its owner, and nothing listens beyond this computer', async () => {
    chmodSync(home, 0o700);
    const mine = await attach();
    expect(statSync(join(home, 'embedded', 'embedded.json')).mode & 0o777).toBe(0o600);
    const facts = JSON.parse(readFileSync(join(home, 'embedded', 'embedded.json'), 'utf8'));
    const command = readFileSync(join(mine.dataFolder, 'cluster', 'postmaster.opts'), 'utf8');
    expect(command).not.toContain(facts.adminPassword);
    expect(await query(mine, "select setting from pg_settings where name in ('listen_addresses', 'fsync')")).toEqual([
      { setting: 'on' },
      { setting: '127.0.0.1' },
    ]);
    const connection = { ...(await mine.adminConnection()), database: 'postgres', password: 'guessed' };
    await expect(withClient(connection, (client) => client.query('select 1'))).rejects.toMatchObject({
      code: 'central-refused',
    });
    const tcp = { ...(await mine.adminConnection()), database: 'postgres', host: '127.0.0.1' };
    await withClient(tcp, (client) => client.query('select 1'));
    await mine.release();
  });

  test('of root in its own home works, the server runs as a system user of its own', async (context) => {
    if (!isRoot) context.skip('only root runs the server as another user');
    rmSync(home, { recursive: true, force: true });
    home = mkdtempSync(join(userInfo().homedir, 'swapdesk-embedded-'));
    chmodSync(home, 0o700);
    const mine = await attach();
    const pid = server(mine)?.pid ?? 0;
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    expect(Number(uid)).toBeGreaterThan(0);
    expect(mine.dataFolder.startsWith('/var/lib/swapdesk/')).toBe(true);
    expect(statSync(join(mine.dataFolder, 'cluster')).mode & 0o777).toBe(0o700);
    expect(statSync(join(mine.dataFolder, 'control')).mode & 0o777).toBe(0o700);
    await mine.release();
  });
});
