import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { SwapdeskError, workFailed } from '../../shared/domain/fault';

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A full disk reaches SQLite as an I/O error too, when it is the shared-memory file that can't grow. */
function isFull(file: string): boolean {
  try {
    return statfsSync(dirname(file)).bavail === 0;
  } catch {
    return false;
  }
}

/**
 * Tells what the operating system or SQLite refused as something a person can act on. Anything else (a constraint,
 * a wrong statement) is a defect of ours and comes back as it is.
 */
export function explainDatabaseError(error: unknown, file: string): unknown {
  if (error instanceof SwapdeskError) return error;
  switch (codeOf(error)) {
    case 'SQLITE_FULL':
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(file, error);
    case 'SQLITE_IOERR':
      return isFull(file) ? diskFull(file, error) : unreadable(file, error);
    case 'SQLITE_READONLY':
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_PERM':
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return readOnly(file, error);
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return noFolder(file, error);
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return damaged(file, error);
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return busy(file, error);
    default:
      return error;
  }
}

function diskFull(file: string, cause: unknown): SwapdeskError {
  return workFailed(
    {
      code: 'disk-full',
      what: 'The disk of the data folder is full',
      where: file,
      why: 'the last step could not be stored and was taken back whole; everything before it is safe',
      todo: 'Free some space on this disk, then try again.',
    },
    cause,
  );
}

function unreadable(file: string, cause: unknown): SwapdeskError {
  return workFailed(
    {
      code: 'data-folder-unreadable',
      what: 'The disk of the data folder does not answer',
      where: file,
      why: 'reading or writing failed',
      todo: 'Check the disk or the network drive that holds the data folder, then start Swapdesk again.',
    },
    cause,
  );
}

function readOnly(file: string, cause: unknown): SwapdeskError {
  return workFailed(
    {
      code: 'data-folder-readonly',
      what: 'Swapdesk may not write to its data folder',
      where: file,
      why: 'the folder or the file is read-only, or belongs to somebody else',
      todo: 'Give your user write access to the folder, or choose another one with --home.',
    },
    cause,
  );
}

function noFolder(file: string, cause: unknown): SwapdeskError {
  return workFailed(
    {
      code: 'data-folder-unusable',
      what: 'The data folder can not be made',
      where: file,
      why: 'there is a file where a folder should be, or the other way round',
      todo: 'Choose another folder with --home, or move that file away.',
    },
    cause,
  );
}

function damaged(file: string, cause: unknown): SwapdeskError {
  return workFailed(
    {
      code: 'database-damaged',
      what: 'The local database can not be read',
      where: file,
      why: 'it is not a SQLite database, or it is damaged',
      todo: 'Nothing was changed. Put the newest backup beside it in its place, or move the file away to begin anew: lines come back with the next sync.',
    },
    cause,
  );
}

function busy(file: string, cause: unknown): SwapdeskError {
  return workFailed(
    {
      code: 'database-busy',
      what: 'The local database is in use',
      where: file,
      why: 'another Swapdesk held it for more than 10 seconds',
      todo: 'Wait until the other one has finished, then try again.',
    },
    cause,
  );
}
