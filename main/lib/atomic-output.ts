import { createHash } from 'node:crypto';
import { open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export type WriteChunk = (chunk: string | Uint8Array) => Promise<void>;

const BUFFER_BYTES = 256 * 1024;
let started = 0;

/**
 * Writes a file of any size piece by piece, atomically: it appears complete under its name, with mode 0600, or not at
 * all, and an older file of that name stays until then. What is no regular file (a terminal, a pipe) is written to as it
 * is: renaming over it would destroy it.
 *
 * @returns the size, and the SHA-256 of the bytes in hex
 * @throws what the file system says; see `explainOutputFault`
 */
export async function writeAtomically(
  file: string,
  fill: (write: WriteChunk) => Promise<void>,
): Promise<{ readonly sizeBytes: number; readonly sha256: string }> {
  const target = await realpath(file).catch(() => file);
  const found = await stat(target).catch(() => null);
  if (found !== null && !found.isFile() && !found.isDirectory()) return writeThrough(target, fill);
  if (found?.isDirectory() === true) throw Object.assign(new Error(`${file} is a folder`), { code: 'EISDIR' });

  started += 1;
  const unfinished = join(dirname(target), `.${basename(target)}.${process.pid}-${started}.part`);
  try {
    const handle = await open(unfinished, 'w', 0o600);
    let written: { sizeBytes: number; sha256: string };
    try {
      written = await pour(handle, fill);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, target);
    await syncFolder(dirname(target));
    return written;
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeThrough(
  target: string,
  fill: (write: WriteChunk) => Promise<void>,
): Promise<{ sizeBytes: number; sha256: string }> {
  const handle = await open(target, 'w');
  try {
    return await pour(handle, fill);
  } finally {
    await handle.close();
  }
}

/** Small pieces are gathered: one call of the system for each row would cost more than the row. */
async function pour(
  handle: FileHandle,
  fill: (write: WriteChunk) => Promise<void>,
): Promise<{ sizeBytes: number; sha256: string }> {
  const digest = createHash('sha256');
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  let sizeBytes = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(gathered);
    gathered = [];
    gatheredBytes = 0;
    digest.update(bytes);
    sizeBytes += bytes.length;
    await handle.writeFile(bytes);
  };
  await fill(async (chunk) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    gathered.push(bytes);
    gatheredBytes += bytes.length;
    if (gatheredBytes >= BUFFER_BYTES) await flush();
  });
  await flush();
  return { sizeBytes, sha256: digest.digest('hex') };
}

/** The new name is on the disk, too. Windows can't open folders and needs no such call. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Why a file could not be written and what to do, for a person. Null: not the file system's doing. */
export function explainOutputFault(error: unknown): { readonly why: string; readonly todo: string } | null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { why: 'the folder does not exist', todo: 'Make the folder first, or choose another one.' };
    case 'EACCES':
    case 'EPERM':
      return { why: 'you may not write there', todo: 'Choose a folder of your own.' };
    case 'EROFS':
      return { why: 'the disk is read-only', todo: 'Choose a folder on another disk.' };
    case 'ENOSPC':
    case 'EDQUOT':
      return { why: 'the disk is full', todo: 'Free some space, or choose another disk.' };
    case 'EISDIR':
      return { why: 'there is a folder of that name', todo: 'Choose a file name.' };
    case 'EBUSY':
      return { why: 'another program holds the file open', todo: 'Close it there, or choose another name.' };
    case 'ENAMETOOLONG':
    case 'EINVAL':
      return { why: 'the name is not possible there', todo: 'Choose a shorter, simpler name.' };
    case 'EIO':
      return { why: 'the disk reports an error', todo: 'Choose another disk, and have this one checked.' };
    default:
      return null;
  }
}
