import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { SwapdeskError } from '../../../../shared/domain/fault';
import { refuseFile } from '../refusals';

/** More than a list needs: a cell with a shared text takes some 45 bytes, so ten columns of a full sheet about 450 MiB. */
const MOST_PART_BYTES = 1024 * 1024 * 1024;
/** Real sheets shrink to a tenth or a fiftieth; a bomb to a thousandth (deflate's limit is 1,032 to 1). */
const MOST_RATIO = 250;
/** What is small does no harm, however well it shrinks. */
const RATIO_COUNTS_FROM_BYTES = 32 * 1024 * 1024;
const MOST_ENTRIES = 5_000;

/** The parts of a ZIP file by their names, as its central directory lists them. */
export interface Archive {
  readonly names: ReadonlySet<string>;
  /**
   * @param mostBytes of the unpacked part
   * @returns null: there is no such part
   * @throws failed `workbook-encrypted`, `workbook-bomb`, `workbook-too-large`
   */
  open(name: string, mostBytes?: number): Promise<{ readonly stream: Readable; readonly sizeBytes: number } | null>;
}

/**
 * Reads the directory of a ZIP file that somebody else made. Nothing is unpacked before it is asked for, sizes are
 * checked against the directory while unpacking, and a part is never held as a whole.
 *
 * @throws failed `workbook-damaged`, `workbook-bomb`
 */
export async function openArchive(handle: FileHandle, sourceName: string): Promise<Archive> {
  const entries = new Map<string, Entry>();
  let zip: ZipFile;
  try {
    zip = await fromFdPromise(handle.fd, { autoClose: false });
    if (zip.entryCount > MOST_ENTRIES) throw refuseFile('workbook-bomb', sourceName, `it has ${zip.entryCount} parts`);
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.toLowerCase();
      // Two parts of one name: some programs read the first, some the last.
      if (entries.has(name)) throw refuseFile('workbook-damaged', sourceName, `"${entry.fileName}" is in it twice`);
      entries.set(name, entry);
    }
  } catch (error) {
    throw asDamage(error, sourceName);
  }
  return {
    names: new Set(entries.keys()),
    async open(name, mostBytes = MOST_PART_BYTES) {
      const entry = entries.get(name.toLowerCase());
      if (entry === undefined) return null;
      refuseDangerous(entry, mostBytes, sourceName);
      try {
        return { stream: await zip.openReadStreamPromise(entry), sizeBytes: entry.uncompressedSize };
      } catch (error) {
        throw asDamage(error, sourceName);
      }
    },
  };
}

function refuseDangerous(entry: Entry, mostBytes: number, sourceName: string): void {
  const { fileName, compressedSize, uncompressedSize } = entry;
  if (entry.isEncrypted()) throw refuseFile('workbook-encrypted', sourceName);
  const ratio = uncompressedSize / Math.max(1, compressedSize);
  if (uncompressedSize > RATIO_COUNTS_FROM_BYTES && ratio > MOST_RATIO) {
    throw refuseFile('workbook-bomb', sourceName, `"${fileName}" grows to ${Math.round(ratio)} times its size`);
  }
  if (uncompressedSize > mostBytes) {
    const mebibytes = Math.round(uncompressedSize / 1024 / 1024);
    throw refuseFile('workbook-too-large', sourceName, `"${fileName}" unpacks to ${mebibytes} MiB`);
  }
}

/** What yauzl, zlib and the XML parser say of a broken file is one thing for the person; our own refusals stay. */
export function asDamage(error: unknown, sourceName: string): Error {
  if (error instanceof SwapdeskError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return refuseFile('workbook-damaged', sourceName, reason.slice(0, 200), error);
}
