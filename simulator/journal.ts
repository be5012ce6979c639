import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { StateRecord } from './records';

/** Where changes are written before anybody hears of them. */
export interface Journal {
  write(record: StateRecord): void;
  /** False when everything written is durable, so that the caller need not wait at all. */
  readonly unsettled: boolean;
  /** Resolves when everything written before this call is on the disk. */
  settled(): Promise<void>;
  /** Puts these records in the place of everything written so far. */
  rewrite(records: Iterable<StateRecord>): Promise<void>;
  close(): Promise<void>;
}

/** The journal of a simulator without a state file. */
export const NO_JOURNAL: Journal = {
  write: () => undefined,
  unsettled: false,
  settled: () => Promise.resolve(),
  rewrite: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** The state file does not hold what it should; the message names file and line. */
export class StateFileError extends Error {}

/**
 * The records of a state file; none when there is no file. A kill in the middle of a write leaves the last line torn:
 * nobody was answered for it, so it is dropped. A line that cannot be read elsewhere is damage, and an error.
 */
export async function* readJournal(path: string): AsyncGenerator<StateRecord> {
  const stream = createReadStream(path, { encoding: 'utf8' });
  let number = 0;
  let torn = 0;
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      number += 1;
      if (torn > 0) throw new StateFileError(`${path}:${torn}: not a JSON object`);
      if (line === '') continue;
      const record = parseRecord(line);
      if (record === undefined) torn = number;
      else yield record;
    }
  } catch (error: unknown) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  } finally {
    stream.destroy();
  }
}

function parseRecord(line: string): StateRecord | undefined {
  try {
    // The file is the simulator's own; a foreign one is caught by its first record.
    return JSON.parse(line) as StateRecord;
  } catch {
    return undefined;
  }
}

interface Waiter {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * An append-only file of JSON lines. All records that wait while the disk is busy go out in one write and one fsync
 * (group commit), so a thousand requests at once cost a handful of fsyncs.
 */
export class FileJournal implements Journal {
  readonly #path: string;
  #handle: FileHandle;
  #lines: string[] = [];
  #waiters: Waiter[] = [];
  #running: Promise<void> | undefined;
  #failure: unknown;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Writes the records as the new, compact content of the file and keeps it open for more. */
  static async create(path: string, records: Iterable<StateRecord>): Promise<FileJournal> {
    await replaceFile(path, records);
    return new FileJournal(path, await open(path, 'a'));
  }

  get unsettled(): boolean {
    return this.#running !== undefined;
  }

  write(record: StateRecord): void {
    this.#lines.push(JSON.stringify(record));
    this.#running ??= this.#run();
  }

  settled(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(asError(this.#failure));
    if (this.#running === undefined) return Promise.resolve();
    return new Promise((done, failed) => this.#waiters.push({ done, failed }));
  }

  async rewrite(records: Iterable<StateRecord>): Promise<void> {
    await this.settled();
    await this.#handle.close();
    await replaceFile(this.#path, records);
    this.#handle = await open(this.#path, 'a');
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#handle.close();
  }

  async #run(): Promise<void> {
    // One turn of the event loop first: requests that arrived together share the first fsync already.
    await new Promise<void>((resume) => setImmediate(resume));
    while (this.#lines.length > 0 || this.#waiters.length > 0) {
      const lines = this.#lines;
      const waiters = this.#waiters;
      this.#lines = [];
      this.#waiters = [];
      try {
        if (this.#failure !== undefined) throw asError(this.#failure);
        if (lines.length > 0) {
          await this.#handle.appendFile(`${lines.join('\n')}\n`);
          await this.#handle.datasync();
        }
        for (const waiter of waiters) waiter.done();
      } catch (error: unknown) {
        // A failed fsync leaves the file unknown: nothing is promised any more.
        this.#failure = error;
        for (const waiter of waiters) waiter.failed(error);
      }
    }
    this.#running = undefined;
  }
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}

const RECORDS_A_WRITE = 500;

/** Never a moment without a whole file: written beside it, synced, renamed over it, the folder synced. */
async function replaceFile(path: string, records: Iterable<StateRecord>): Promise<void> {
  const temporary = `${path}.new`;
  const stream = createWriteStream(temporary, { flush: true, mode: 0o600 });
  let lines: string[] = [];
  for (const record of records) {
    lines.push(`${JSON.stringify(record)}\n`);
    if (lines.length < RECORDS_A_WRITE) continue;
    if (!stream.write(lines.join(''))) await once(stream, 'drain');
    lines = [];
  }
  stream.end(lines.join(''));
  await once(stream, 'close');
  await rename(temporary, path);
  const folder = await open(dirname(path), 'r').catch(() => undefined); // some systems cannot open or sync a folder
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
