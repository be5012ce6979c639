import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import sqlite3 from 'sqlite3';
import { workFailed } from '../../shared/domain/fault';
import { isoTime, systemClock, type Clock } from './clock';

/** A lock between processes that the operating system lets go of when its process dies, however it dies. */
export interface OsLock {
  readonly file: string;
  release(): Promise<void>;
}

/** Who holds a lock, for a message to a person: name, process and since when. */
export interface LockHolder {
  readonly holder: string;
  readonly pid: number;
  /** ISO 8601 in UTC. */
  readonly sinceAt: string;
}

export interface LockTaken {
  /** A sentence part such as `swapdesk run (process 4711)`. */
  readonly heldBy: string;
  /** Null when the holder has not written its name yet. */
  readonly details: LockHolder | null;
}

const RETRY_MS = 50;

/**
 * Takes the lock or says who has it. The lock is an open `BEGIN EXCLUSIVE` in an empty SQLite file: a byte-range lock
 * that works on Windows, macOS and Linux, and ends with its process. Node has no such lock of its own, and a file with
 * a process number in it can't tell a dead holder from another program that was given the same number.
 *
 * The holder's name lies in `<file>.holder`: reading the locked file itself would, on POSIX systems, let go of every
 * lock that this process has on it.
 *
 * @param file path of the lock file; its folder is made if missing
 * @param holder shown to whoever comes second, e.g. `swapdesk run`
 * @throws failed `lock-unusable` when the folder cannot be written
 */
export async function acquireOsLock(
  file: string,
  holder: string,
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<OsLock | LockTaken> {
  const handle = await openLockFile(file);
  try {
    await execute(handle, 'PRAGMA busy_timeout = 0');
    await execute(handle, 'BEGIN EXCLUSIVE');
    writeHolder(file, { holder, pid: process.pid, sinceAt: isoTime(clock.now()) });
  } catch (error) {
    await closeHandle(handle);
    if (isBusy(error)) return describeHolder(file);
    throw lockUnusable(file, error);
  }
  let released = false;
  return {
    file,
    async release() {
      if (released) return;
      released = true;
      rmSync(holderFile(file), { force: true });
      await closeHandle(handle);
    },
  };
}

/**
 * Waits for the lock.
 * @param timeoutMs after this long the wait ends with the holder's name instead of the lock
 */
export async function waitForOsLock(
  file: string,
  holder: string,
  timeoutMs: number,
  clock: Clock = systemClock,
): Promise<OsLock | LockTaken> {
  const deadline = clock.now() + timeoutMs;
  for (;;) {
    const answer = await acquireOsLock(file, holder, clock);
    if (isLock(answer) || clock.now() >= deadline) return answer;
    await clock.sleep(RETRY_MS);
  }
}

export function isLock(answer: OsLock | LockTaken): answer is OsLock {
  return 'release' in answer;
}

function openLockFile(file: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    } catch (error) {
      reject(lockUnusable(file, error));
      return;
    }
    const handle = new sqlite3.Database(file, (error) => {
      if (error === null) resolve(handle);
      else reject(lockUnusable(file, error));
    });
  });
}

function execute(handle: sqlite3.Database, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    handle.exec(sql, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Closing rolls the open transaction back, and with it the lock. */
function closeHandle(handle: sqlite3.Database): Promise<void> {
  return new Promise((resolve, reject) => {
    handle.close((error) => (error === null ? resolve() : reject(error)));
  });
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
}

function holderFile(file: string): string {
  return `${file}.holder`;
}

function writeHolder(file: string, holder: LockHolder): void {
  const temporary = `${holderFile(file)}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(holder), { mode: 0o600 });
  renameSync(temporary, holderFile(file));
}

/** The name may still be that of a holder that was killed, for the instant until the new one has written its own. */
function describeHolder(file: string): LockTaken {
  const details = readHolder(file);
  return { heldBy: details === null ? 'another process' : `${details.holder} (process ${details.pid})`, details };
}

function readHolder(file: string): LockHolder | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(holderFile(file), 'utf8'));
    return isHolder(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isHolder(value: unknown): value is LockHolder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'holder' in value &&
    typeof value.holder === 'string' &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'sinceAt' in value &&
    typeof value.sinceAt === 'string'
  );
}

function lockUnusable(file: string, error: unknown): Error {
  return workFailed(
    {
      code: 'lock-unusable',
      what: 'The lock file cannot be used',
      where: file,
      why: error instanceof Error ? error.message : String(error),
      todo: 'Check that the data folder exists, has room and may be written by you.',
    },
    error,
  );
}
