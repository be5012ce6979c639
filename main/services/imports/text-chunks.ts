import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Encoding } from '../../../shared/contract/imports';
import { wholeCharacters } from './file-look.rules';
import { refuseFile } from './refusals';

/** A piece is parsed in one go: some milliseconds, in which the database gets no next statement. */
const CHUNK_BYTES = 64 * 1024;

/** A file that is open for one look or one import, of whatever format. */
export interface OpenFile {
  readonly sourceName: string;
  readonly sizeBytes: number;
  readonly handle: FileHandle;
  readonly modifiedMs: number;
}

/** A file that turned out to be text. */
export interface TextFile extends OpenFile {
  readonly encoding: Encoding;
  /** Length of the byte order mark. */
  readonly skipBytes: number;
  /** A person chose the encoding: it is kept, whatever the bytes say. */
  readonly isChosen: boolean;
}

/** @throws failed `file-missing`, `file-is-folder`, `file-not-regular`, `file-unreadable` */
export async function openFile(file: string, sourceName: string): Promise<OpenFile> {
  const handle = await openOrRefuse(file, sourceName);
  try {
    const stats = await handle.stat();
    return { sourceName, sizeBytes: stats.size, handle, modifiedMs: stats.mtimeMs };
  } catch (error) {
    await handle.close();
    throw asRefusal(error, sourceName);
  }
}

/** Some bytes of the file, fewer where it ends before. */
export async function readAt(
  { handle, sizeBytes, sourceName }: OpenFile,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, sizeBytes - position)));
  if (bytes.length === 0) return bytes;
  const { bytesRead } = await readOrRefuse(handle, bytes, bytes.length, position, sourceName);
  return bytes.subarray(0, bytesRead);
}

/** The beginning as text, line ends as `\n`; the last line may be cut off when it is not the whole file. */
export function decodeHead(
  bytes: Uint8Array,
  { encoding, isChosen }: Pick<TextFile, 'encoding' | 'isChosen'>,
  isWhole: boolean,
): string {
  const decoder = createDecoder(encoding, isChosen);
  return decoder.decode(bytes) + (isWhole ? decoder.end() : '');
}

/** What a whole file turned out to be once it was read. */
export interface ReadFile {
  readonly sha256: string;
  /** Not always as the beginning promised: UTF-8 that is none further down is read as Windows-1252 from there. */
  readonly encoding: Encoding;
}

export interface TextReading {
  readonly chunks: AsyncGenerator<string, void>;
  bytesRead(): number;
  /** Once the chunks have ended. */
  result(): ReadFile;
}

/**
 * The file as text in pieces, line ends as `\n`. The next piece is read only when the last one is taken.
 * @throws (from the generator) failed `file-binary`, `file-changed`, `file-unreadable`
 */
export function readText(source: TextFile): TextReading {
  const decoder = createDecoder(source.encoding, source.isChosen);
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    chunks: pieces(source, decoder, hash, (length) => {
      bytes += length;
    }),
    bytesRead: () => bytes,
    result: () => ({ sha256: hash.digest('hex'), encoding: decoder.encoding() }),
  };
}

async function* pieces(
  source: TextFile,
  decoder: Decoder,
  hash: Hash,
  onBytes: (length: number) => void,
): AsyncGenerator<string, void> {
  const { sourceName, skipBytes } = source;
  let isFirst = true;
  for await (const bytes of readBytes(source)) {
    hash.update(bytes);
    const text = decoder.decode(isFirst ? bytes.subarray(skipBytes) : bytes);
    // A cell with a zero character would end in some programs and not in others, SQLite among them: no CSV has one.
    if (text.includes('\0')) throw refuseFile('file-binary', sourceName, 'it holds zero bytes');
    isFirst = false;
    onBytes(bytes.length);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest !== '') yield rest;
  await refuseChanged(source);
}

/** The bytes of the file piece by piece, in a buffer that is used again: take what you need before the next piece. */
export async function* readBytes({ handle, sourceName, sizeBytes }: OpenFile): AsyncGenerator<Uint8Array, void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let position = 0; position < sizeBytes;) {
    const wanted = Math.min(CHUNK_BYTES, sizeBytes - position);
    const { bytesRead } = await readOrRefuse(handle, buffer, wanted, position, sourceName);
    if (bytesRead === 0) throw refuseFile('file-changed', sourceName, 'it became shorter');
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** @throws failed `file-changed` when the file is not what it was when it was opened */
export async function refuseChanged({ handle, sourceName, sizeBytes, modifiedMs }: OpenFile): Promise<void> {
  const after = await handle.stat();
  if (after.size !== sizeBytes || after.mtimeMs !== modifiedMs) throw refuseFile('file-changed', sourceName);
}

interface Decoder {
  decode(bytes: Uint8Array): string;
  end(): string;
  encoding(): Encoding;
}

function createDecoder(first: Encoding, isChosen: boolean): Decoder {
  let encoding = first;
  // For TextDecoder "iso-8859-1" is another name of Windows-1252 (WHATWG); only Buffer knows the real one.
  let decoder = new TextDecoder(first === 'iso-8859-1' ? 'windows-1252' : first, { ignoreBOM: true });
  let cutOff: Uint8Array = new Uint8Array(0);
  let endsInReturn = false;

  const decodeUtf8 = (bytes: Uint8Array): string => {
    const joined = cutOff.length === 0 ? bytes : Buffer.concat([cutOff, bytes]);
    const whole = wholeCharacters(joined);
    if (isUtf8(whole)) {
      cutOff = joined.slice(whole.length);
      return decoder.decode(whole);
    }
    encoding = 'windows-1252';
    decoder = new TextDecoder(encoding);
    cutOff = new Uint8Array(0);
    return decoder.decode(joined);
  };

  /** Line ends become `\n`, in cells too. A return at the end waits for the line feed that may follow it. */
  const withPlainLines = (decoded: string): string => {
    const text = endsInReturn ? `\r${decoded}` : decoded;
    endsInReturn = text.endsWith('\r');
    const known = endsInReturn ? text.slice(0, -1) : text;
    if (!known.includes('\r')) return known;
    // A plain text is replaced in a third of the time that a pattern takes, and single returns are rare.
    const usual = known.replaceAll('\r\n', '\n');
    return usual.includes('\r') ? usual.replaceAll('\r', '\n') : usual;
  };

  return {
    decode: (bytes) =>
      withPlainLines(
        encoding === 'iso-8859-1'
          ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
          : encoding === 'utf-8' && !isChosen
            ? decodeUtf8(bytes)
            : decoder.decode(bytes, { stream: true }),
      ),
    end() {
      const rest = cutOff.length > 0 ? new TextDecoder('windows-1252').decode(cutOff) : decoder.decode();
      const text = (endsInReturn ? '\r' : '') + rest;
      return text.replace(/\r\n?/g, '\n');
    },
    encoding: () => encoding,
  };
}

async function openOrRefuse(file: string, sourceName: string): Promise<FileHandle> {
  try {
    // Opening a pipe waits until somebody writes to it.
    const stats = await stat(file);
    if (stats.isDirectory()) throw refuseFile('file-is-folder', sourceName);
    if (!stats.isFile()) throw refuseFile('file-not-regular', sourceName);
    return await open(file, 'r');
  } catch (error) {
    throw asRefusal(error, sourceName);
  }
}

async function readOrRefuse(
  handle: FileHandle,
  buffer: Uint8Array,
  length: number,
  position: number,
  sourceName: string,
): Promise<{ bytesRead: number }> {
  try {
    return await handle.read(buffer, 0, length, position);
  } catch (error) {
    throw asRefusal(error, sourceName);
  }
}

function asRefusal(error: unknown, sourceName: string): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
      return refuseFile('file-missing', sourceName, undefined, error);
    case 'EISDIR':
      return refuseFile('file-is-folder', sourceName, undefined, error);
    case 'EACCES':
    case 'EPERM':
      return refuseFile('file-unreadable', sourceName, 'you may not read it', error);
    case 'EIO':
    case 'EBUSY':
    case 'ENXIO':
    case 'EMFILE':
    case 'ENFILE':
    case 'ELOOP':
    case 'ESTALE':
    case 'EINVAL':
      return refuseFile('file-unreadable', sourceName, `the system says ${error.code}`, error);
    default:
      // A SwapdeskError has a code too; anything else is a defect.
      return error;
  }
}
