import { isUtf8 } from 'node:buffer';
import { refuseFile } from './refusals';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
export type Delimiter = ',' | ';' | '\t' | '|';

/** How the beginning of a file says that the rest is written. */
export interface Look {
  readonly encoding: Encoding;
  /** Length of the byte order mark. */
  readonly skipBytes: number;
  readonly delimiter: Delimiter;
}

/** So much of a file is looked at before it is read. */
export const LOOK_BYTES = 64 * 1024;

const WORKBOOK = 'this is an Excel workbook (or another ZIP file)';
const MAGIC: readonly (readonly [bytes: readonly number[], why: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], WORKBOOK],
  [[0x50, 0x4b, 0x05, 0x06], WORKBOOK],
  [[0xd0, 0xcf, 0x11, 0xe0], 'this is an Excel workbook in the old format (.xls)'],
  [[0x25, 0x50, 0x44, 0x46], 'this is a PDF'],
  [[0x1f, 0x8b], 'this is a compressed file (gzip)'],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], 'this is a text document (RTF)'],
  [[0x89, 0x50, 0x4e, 0x47], 'this is a picture'],
  [[0xff, 0xd8, 0xff], 'this is a picture'],
];

/**
 * Encoding by byte order mark, else by the pattern of zero bytes, else by whether the bytes are UTF-8.
 * @throws failed `file-binary`
 */
export function detectEncoding(head: Uint8Array, sourceName: string): Pick<Look, 'encoding' | 'skipBytes'> {
  for (const [bytes, why] of MAGIC) {
    if (bytes.every((byte, index) => head[index] === byte)) throw refuseFile('file-binary', sourceName, why);
  }
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', skipBytes: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', skipBytes: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', skipBytes: 2 };
  const zeros = [0, 0];
  for (let index = 0; index < head.length; index += 1)
    if (head[index] === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (even + odd > 0) return { encoding: utf16Of(even, odd, head.length, sourceName), skipBytes: 0 };
  return { encoding: isUtf8(wholeCharacters(head)) ? 'utf-8' : 'windows-1252', skipBytes: 0 };
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
