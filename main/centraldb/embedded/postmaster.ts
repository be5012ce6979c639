import { spawn, execFile } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { chown, mkdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workFailed } from '../../../shared/domain/fault';
import { systemClock } from '../../lib/clock';
import type { PostgresBinaries } from './binaries';
import type { EmbeddedPlaces } from './places';
import type { SystemUser } from './system-user';

const run = promisify(execFile);

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 20;
/** The longest path of a Unix socket is 103 (macOS) to 107 bytes; `/.s.PGSQL.65535` comes after the folder. */
const LONGEST_SOCKET_FOLDER = 85;

/** A server that is running: its process and where it listens. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Folder of its Unix socket; empty: none. */
  readonly socketDir: string;
}

/** Environment of a child: nothing of ours (secrets may be in it), and messages that are the same everywhere. */
export const CHILD_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' } as const;

/**
 * Reads `postmaster.pid`. Lines (PostgreSQL, `miscadmin.h`): process, data folder, start time, port, socket folder,
 * listen address, shared memory, status.
 * @returns null when there is none, or its process is dead, or that process is no PostgreSQL (the number was reused)
 */
export function readPostmaster(cluster: string): (Postmaster & { readonly ready: boolean }) | null {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0 || !isPostgresAlive(pid, cluster)) return null;
  return {
    pid,
    port: Number(lines[3] ?? 0),
    socketDir: (lines[4] ?? '').trim(),
    ready: (lines[7] ?? '').trim() === 'ready',
  };
}

function isPostgresAlive(pid: number, cluster: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: alive, and of another user. Ours is never that, except for root, who gets no EPERM.
    return error instanceof Error && 'code' in error && error.code === 'EPERM' && process.platform !== 'linux';
  }
  if (process.platform !== 'linux') return true;
  try {
    if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster);
  } catch {
    return false;
  }
}

/**
 * Starts the server, detached: it belongs to the data folder, and outlives whoever started it. Call it under the start
 * lock, after `readPostmaster` has said that none is running.
 * @throws failed `embedded-not-started`, with the last lines of the server's log
 */
export async function startPostmaster(
  places: EmbeddedPlaces,
  binaries: PostgresBinaries,
  user: SystemUser | null,
): Promise<Postmaster> {
  // A leftover with a reused process number would keep PostgreSQL from starting.
  await rm(join(places.cluster, 'postmaster.pid'), { force: true });
  const socketDir = await prepareSocketFolder(places, user);
  keepLogShort(places.logFile);
  let lastWords = '';
  // Another program may take the free port first; the server of a killed one may still be letting go of its memory.
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const port = await choosePort(places.cluster, attempt);
    const child = spawnServer(places, binaries, user, serverOptions(places.cluster, port, socketDir));
    const answer = await waitUntilReady(places.cluster, child);
    if (answer !== null) return answer;
    lastWords = tailOf(places.logFile);
    await systemClock.sleep(250 * (attempt + 1));
  }
  throw workFailed({
    code: 'embedded-not-started',
    what: 'The embedded database did not start',
    where: places.logFile,
    why: lastWords,
    todo: 'Read the log named here; free disk space or memory if it says so, then try again.',
  });
}

interface ServerChild {
  readonly pid: number | undefined;
  hasEnded(): boolean;
}

function spawnServer(
  places: EmbeddedPlaces,
  binaries: PostgresBinaries,
  user: SystemUser | null,
  options: readonly string[],
): ServerChild {
  const log = openSync(places.logFile, 'a', 0o600);
  try {
    const child = spawn(binaries.postgres, options, {
      detached: true,
      windowsHide: true,
      cwd: places.cluster,
      env: CHILD_ENVIRONMENT,
      // A file, no pipe: nobody's pipe is kept open by the server, and it does not end with its reader.
      stdio: ['ignore', log, log],
      ...(user ?? {}),
    });
    let ended = false;
    child.on('exit', () => (ended = true));
    child.on('error', () => (ended = true));
    child.unref();
    return { pid: child.pid, hasEnded: () => ended };
  } finally {
    closeSync(log);
  }
}

/** A small machine's settings. Everything that durability rests on (fsync, full_page_writes …) stays on. */
function serverOptions(cluster: string, port: number, socketDir: string): readonly string[] {
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    max_connections: '50',
    shared_buffers: '64MB',
    work_mem: '16MB',
    maintenance_work_mem: '64MB',
    jit: 'off',
    io_method: 'sync',
    max_worker_processes: '4',
    max_parallel_workers_per_gather: '0',
    password_encryption: 'scram-sha-256',
    wal_level: 'minimal',
    max_wal_senders: '0',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    cluster_name: 'swapdesk',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', cluster, '-p', String(port), ...flags];
}

/** The port of last time if nobody has it now, so that other tools find the server where it was; else a free one. */
async function choosePort(cluster: string, attempt: number): Promise<number> {
  const last = attempt > 0 ? null : await readFile(join(cluster, 'postmaster.opts'), 'utf8').catch(() => null);
  const lastPort = Number(/"-p" "(\d+)"/.exec(last ?? '')?.[1] ?? 0);
  return (await probePort(lastPort)) ?? (await probePort(0)) ?? 0;
}

function probePort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}

async function prepareSocketFolder(places: EmbeddedPlaces, user: SystemUser | null): Promise<string> {
  if (process.platform === 'win32' || Buffer.byteLength(places.socketDir) > LONGEST_SOCKET_FOLDER) return '';
  // A comma separates folders in this setting.
  if (places.socketDir.includes(',') || places.socketDir.includes('"')) return '';
  await mkdir(places.socketDir, { recursive: true, mode: 0o700 });
  if (user !== null) await chown(places.socketDir, user.uid, user.gid);
  return places.socketDir;
}

async function waitUntilReady(cluster: string, child: ServerChild): Promise<Postmaster | null> {
  const deadline = systemClock.now() + START_TIMEOUT_MS;
  while (systemClock.now() < deadline) {
    const found = readPostmaster(cluster);
    if (found !== null && found.ready && found.pid === child.pid) return found;
    if (child.hasEnded()) return null;
    await systemClock.sleep(POLL_MS);
  }
  return null;
}

/** Waits for a server that another process has started and that is still recovering. */
export async function waitForReady(cluster: string): Promise<Postmaster | null> {
  const deadline = systemClock.now() + START_TIMEOUT_MS;
  for (;;) {
    const found = readPostmaster(cluster);
    if (found === null || found.ready || systemClock.now() > deadline) return found;
    await systemClock.sleep(POLL_MS);
  }
}

/** Fast shutdown: open transactions are rolled back, everything committed is on disk. Call it under the start lock. */
export async function stopPostmaster(
  cluster: string,
  binaries: PostgresBinaries,
  user: SystemUser | null,
): Promise<void> {
  const running = readPostmaster(cluster);
  if (running === null) return;
  if (process.platform === 'win32') {
    // Windows has no signals; pg_ctl asks the server through a pipe of its own.
    await run(binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-w'], { env: CHILD_ENVIRONMENT, ...(user ?? {}) });
    return;
  }
  signal(running.pid, 'SIGINT');
  if (await hasStopped(cluster, STOP_TIMEOUT_MS)) return;
  // Immediate: the next start recovers from the write-ahead log.
  signal(running.pid, 'SIGQUIT');
  await hasStopped(cluster, STOP_TIMEOUT_MS);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

async function hasStopped(cluster: string, timeoutMs: number): Promise<boolean> {
  const deadline = systemClock.now() + timeoutMs;
  while (systemClock.now() < deadline) {
    if (readPostmaster(cluster) === null) return true;
    await systemClock.sleep(POLL_MS);
  }
  return false;
}

function keepLogShort(file: string): void {
  if (existsSync(file) && statSync(file).size > 1_000_000) renameSync(file, `${file}.old`);
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-4).join(' | ');
  } catch {
    return 'it wrote no log';
  }
}
