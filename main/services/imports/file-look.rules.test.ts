import { expect, test } from 'vitest';
import { detectDelimiter, detectEncoding, detectKind, otherEncodings, wholeCharacters } from './file-look.rules';

test.each([
  ['plain text', Buffer.from('a,b'), { encoding: 'utf-8', skipBytes: 0 }],
  ['umlauts', Buffer.from('ä,b'), { encoding: 'utf-8', skipBytes: 0 }],
  ['a mark', Buffer.from('\ufeffa,b'), { encoding: 'utf-8', skipBytes: 3 }],
  ['Latin', Buffer.from('ä,b', 'latin1'), { encoding: 'windows-1252', skipBytes: 0 }],
  ['UTF-16LE', Buffer.from('\ufeffa,b', 'utf16le'), { encoding: 'utf-16le', skipBytes: 2 }],
  ['UTF-16BE', Buffer.from('\ufeffa,b', 'utf16le').swap16(), { encoding: 'utf-16be', skipBytes: 2 }],
  ['UTF-16LE without mark', Buffer.from('abc,def', 'utf16le'), { encoding: 'utf-16le', skipBytes: 0 }],
  ['UTF-16BE without mark', Buffer.from('abc,def', 'utf16le').swap16(), { encoding: 'utf-16be', skipBytes: 0 }],
])('%s', (_name, bytes, expected) => {
  expect(detectEncoding(bytes, 'list.csv', null)).toEqual(expected);
});

test('what Windows-1252 has no sign for is Latin-1', () => {
  expect(detectEncoding(Buffer.from([0x61, 0x85, 0x81]), 'list.csv', null).encoding).toBe('iso-8859-1');
  expect(detectEncoding(Buffer.from([0x61, 0x80]), 'list.csv', null).encoding).toBe('windows-1252');
});

test('a chosen encoding is kept, and loses only a mark of its own', () => {
  const marked = Buffer.from('\ufeffä');
  expect(detectEncoding(marked, 'list.csv', 'utf-8')).toEqual({ encoding: 'utf-8', skipBytes: 3 });
  expect(detectEncoding(marked, 'list.csv', 'windows-1252')).toEqual({ encoding: 'windows-1252', skipBytes: 0 });
});

test('shows what the other encodings make of the line that tells them apart', () => {
  const head = Buffer.from('Old,New,Site\n1,2,Küche\n', 'latin1');
  expect(otherEncodings(head, 'windows-1252')).toEqual([
    { encoding: 'utf-8', sample: '1,2,K\ufffdche' },
    { encoding: 'windows-1252', sample: '1,2,Küche' },
    { encoding: 'iso-8859-1', sample: '1,2,Küche' },
  ]);
  expect(otherEncodings(Buffer.from('a,b'), 'utf-8')).toEqual([]);
});

test.each([
  [[0x50, 0x4b, 0x03, 0x04], 'workbook'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'compound'],
  [[0x50, 0x4b, 0x2c, 0x41], 'text'],
])('%j begins a %s', (bytes, kind) => {
  expect(detectKind(new Uint8Array(bytes), 'list.csv')).toBe(kind);
});

test.each([
  [[0x25, 0x50, 0x44, 0x46], /PDF/],
  [[0x1f, 0x8b, 8], /compressed/],
])('%j is no list', (bytes, message) => {
  expect(() => detectKind(new Uint8Array(bytes), 'list.csv')).toThrow(message);
});

test('bytes that are neither text nor UTF-16 are no list', () => {
  const bytes = new Uint8Array([1, 0, 0, 0, 2, 0, 0, 0]);
  expect(() => detectEncoding(bytes, 'list.csv', null)).toThrow(/zero bytes/);
});

test('a character that is cut off by the end of a piece is left for the next', () => {
  const bytes = Buffer.from('aä€𝄞');
  for (const [length, whole] of [
    [1, 1],
    [2, 1],
    [3, 3],
    [4, 3],
    [5, 3],
    [6, 6],
    [7, 6],
    [9, 6],
    [10, 10],
  ] as const) {
    expect(wholeCharacters(bytes.subarray(0, length))).toHaveLength(whole);
  }
});

test.each([
  ['a,b\n1,2\n', ','],
  ['a;b\n1,5;2,5\n', ';'],
  ['a\tb\n1,5\t2\n', '\t'],
  ['a|b|c\n1|2|3\n', '|'],
  ['"a;b";c\n"1,2,3";4\n', ';'],
  ['sep=|\na,b|c\n', '|'],
  ['one column\nonly\n', ','],
  ['Old ICCID,New ICCID,Note\n1,2,"a; b; c"\n3,4,d; e; f\n', ','],
])('%j is separated by %j', (text, delimiter) => {
  expect(detectDelimiter(text)).toBe(delimiter);
});
