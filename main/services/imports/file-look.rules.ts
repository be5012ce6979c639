import { isUtf8 } from 'node:buffer';
import { encodingSchema, type Delimiter, type Encoding } from '../../../shared/contract/imports';
import { refuseFile } from './refusals';

/** So much of a file is looked at before it is read. */
export const LOOK_BYTES = 64 * 1024;

const ZIP = [0x50, 0x4b];
/** A compound file: what Excel wrote until 2003, and the wrapping of an encrypted workbook (MS-OFFCRYPTO). */
const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0];
const MAGIC: readonly (readonly [bytes: readonly number[], why: string])[] = [
  [[0x25, 0x50, 0x44, 0x46], 'this is a PDF'],
  [[0x1f, 0x8b], 'this is a compressed file (gzip)'],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], 'this is a text document (RTF)'],
  [[0x89, 0x50, 0x4e, 0x47], 'this is a picture'],
  [[0xff, 0xd8, 0xff], 'this is a picture'],
];

/**
 * What the file is by its first bytes: names lie. A `compound` file is an old workbook or an encrypted one.
 * @throws failed `file-binary`
 */
export function detectKind(head: Uint8Array, sourceName: string): 'text' | 'workbook' | 'compound' {
  const begins = (bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte);
  const third = head[2] ?? 0;
  if (begins(ZIP) && (third === 3 || third === 5 || third === 7)) return 'workbook';
  if (begins(COMPOUND)) return 'compound';
  for (const [bytes, why] of MAGIC) if (begins(bytes)) throw refuseFile('file-binary', sourceName, why);
  return 'text';
}

/** Where a compound file lists what is in it (MS-CFB 2.2); null: the header makes no sense. */
export function compoundDirectoryAt(head: Uint8Array): number | null {
  if (head.length < 512) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const shift = view.getUint16(30, true);
  return shift === 9 || shift === 12 ? (view.getUint32(48, true) + 1) * 2 ** shift : null;
}

/** @param directory some of the entries of a compound file */
export function refuseCompound(directory: Uint8Array, sourceName: string): Error {
  // An encrypted workbook is a stream of this name; names are UTF-16 (MS-OFFCRYPTO 2.3.4.4).
  return Buffer.from(directory).includes(Buffer.from('EncryptedPackage', 'utf16le'))
    ? refuseFile('workbook-encrypted', sourceName)
    : refuseFile('file-binary', sourceName, 'this is an Excel workbook in the old format (.xls)');
}

const MARKS: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
/** No signs in Windows-1252; control characters, that nobody uses, in Latin-1. */
const NOT_IN_1252 = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/**
 * Encoding by choice, else by byte order mark, else by the pattern of zero bytes, else by whether the bytes are UTF-8.
 *
 * @returns `skipBytes`: the length of the byte order mark
 * @throws failed `file-binary`
 */
export function detectEncoding(
  head: Uint8Array,
  sourceName: string,
  chosen: Encoding | null,
): { readonly encoding: Encoding; readonly skipBytes: number } {
  const mark = MARKS.find(([, bytes]) => bytes.every((byte, index) => head[index] === byte));
  if (chosen !== null) return { encoding: chosen, skipBytes: mark?.[0] === chosen ? mark[1].length : 0 };
  if (mark !== undefined) return { encoding: mark[0], skipBytes: mark[1].length };
  const zeros = [0, 0];
  for (let index = 0; index < head.length; index += 1)
    if (head[index] === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd > 0) return { encoding: utf16Of(even, odd, head.length, sourceName), skipBytes: 0 };
  if (isUtf8(wholeCharacters(head))) return { encoding: 'utf-8', skipBytes: 0 };
  return { encoding: head.some((byte) => NOT_IN_1252.has(byte)) ? 'iso-8859-1' : 'windows-1252', skipBytes: 0 };
}

/**
 * What every encoding would make of the first line that is not plain ASCII: for the person who has to choose one. Empty
 * when no encoding but the detected one makes a difference.
 */
export function otherEncodings(
  head: Uint8Array,
  encoding: Encoding,
): readonly { readonly encoding: Encoding; readonly sample: string }[] {
  if (encoding.startsWith('utf-16')) return [];
  const first = head.findIndex((byte) => byte >= 0x80);
  if (first === -1) return [];
  const start = head.lastIndexOf(0x0a, first) + 1;
  const end = head.indexOf(0x0a, first);
  const line = head.subarray(Math.max(start, first - 40), Math.min(end === -1 ? head.length : end, first + 40));
  return encodingSchema.options
    .filter((option) => !option.startsWith('utf-16'))
    .map((option) => ({ encoding: option, sample: sampleIn(option, line) }));
}

function sampleIn(encoding: Encoding, line: Uint8Array): string {
  const text =
    encoding === 'iso-8859-1' ? Buffer.from(line).toString('latin1') : new TextDecoder(encoding).decode(line);
  return text.trim();
}

/** Latin text in UTF-16 has a zero in every other byte, and nearly none in the others. */
function utf16Of(even: number, odd: number, length: number, sourceName: string): Encoding {
  const many = length / 2 / 2;
  if (odd > many && even < odd / 20) return 'utf-16le';
  if (even > many && odd < even / 20) return 'utf-16be';
  throw refuseFile('file-binary', sourceName, 'it holds zero bytes, as programs, pictures and databases do');
}

/** The bytes without a UTF-8 character that is cut off at the end. */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];
const COUNTED_LINES = 30;
/** Excel writes and reads such a first line. */
const SEP_LINE = /^sep=([,;\t|])$/i;

/**
 * The delimiter that cuts most lines into the same number of cells, quoted text aside. Looked for once and then fixed:
 * papaparse's own guess does not read back what it wrote in every case.
 *
 * @param text beginning of the file, line ends as `\n`
 */
export function detectDelimiter(text: string): Delimiter {
  const said = SEP_LINE.exec((text.split('\n', 1)[0] ?? '').trim())?.[1];
  if (said !== undefined) return said as Delimiter;
  let best: Delimiter = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const counts = countCells(text, delimiter);
    const usual = mostFrequent(counts.filter((count) => count > 1));
    const score = usual.times * 100 + usual.value;
    if (usual.value > 1 && score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** Cells of each of the first lines that are not blank. */
function countCells(text: string, delimiter: Delimiter): readonly number[] {
  const counts: number[] = [];
  let cells = 1;
  let quoted = false;
  let blank = true;
  for (let index = 0; index < text.length && counts.length < COUNTED_LINES; index += 1) {
    const char = text[index];
    if (char === '"') quoted = !quoted;
    if (char === '\n' && !quoted) {
      if (!blank) counts.push(cells);
      cells = 1;
      blank = true;
      continue;
    }
    if (char === delimiter && !quoted) cells += 1;
    else if (char !== ' ') blank = false;
  }
  if (!blank && counts.length < COUNTED_LINES) counts.push(cells);
  return counts;
}

function mostFrequent(values: readonly number[]): { readonly value: number; readonly times: number } {
  const times = new Map<number, number>();
  let best = { value: 0, times: 0 };
  for (const value of values) {
    const seen = (times.get(value) ?? 0) + 1;
    times.set(value, seen);
    if (seen > best.times) best = { value, times: seen };
  }
  return best;
}
