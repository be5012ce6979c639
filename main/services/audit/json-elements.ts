/**
 * Splits a JSON document `{"a":…,"b":[…]}` of any size into its parts: each member's text, and of the member `listName`
 * each element's. It looks only at brackets, quotes and commas, which in UTF-8 are single bytes and never part of another
 * character; what lies between is parsed by whoever receives it.
 */
export type JsonPart =
  | { readonly kind: 'member'; readonly name: string; readonly text: string }
  | { readonly kind: 'element'; readonly text: string };

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** One entry is a few kilobytes; something far longer is not ours, and must not fill the memory. */
const LONGEST_PART_BYTES = 64 * 1024 * 1024;

interface Reader {
  depth: number;
  inString: boolean;
  escaped: boolean;
  /** Bytes of the part that is being read. */
  part: Uint8Array[];
  partBytes: number;
  /** The member that is being read; null between members. */
  name: string | null;
  ended: boolean;
}

/** @throws SyntaxError when the document is not one JSON object, or ends too early */
export async function* splitJson(
  bytes: AsyncIterable<Uint8Array>,
  listName: string,
): AsyncGenerator<JsonPart, void, void> {
  const reader: Reader = {
    depth: 0,
    inString: false,
    escaped: false,
    part: [],
    partBytes: 0,
    name: null,
    ended: false,
  };
  for await (const chunk of bytes) yield* splitChunk(reader, chunk, listName);
  if (!reader.ended) throw new SyntaxError('the document ends too early');
  if (take(reader).trim() !== '') throw new SyntaxError('there is something behind the end of the document');
}

function* splitChunk(reader: Reader, chunk: Uint8Array, listName: string): Generator<JsonPart, void, void> {
  let start = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0;
    if (reader.inString) {
      if (reader.escaped) reader.escaped = false;
      else if (byte === BACKSLASH) reader.escaped = true;
      else if (byte === QUOTE) reader.inString = false;
      continue;
    }
    if (byte === QUOTE) {
      reader.inString = true;
      continue;
    }
    const inList = reader.name === listName;
    const border = borderAt(reader, byte, inList);
    if (border === null) continue;
    keep(reader, chunk.subarray(start, at));
    start = at + 1;
    yield* cross(reader, border, inList);
  }
  keep(reader, chunk.subarray(start));
}

type Border =
  'object-begins' | 'name-ends' | 'list-begins' | 'element-ends' | 'list-ends' | 'member-ends' | 'object-ends';

/** Counts brackets, and says when one of them or a comma separates parts. */
function borderAt(reader: Reader, byte: number, inList: boolean): Border | null {
  switch (byte) {
    case OPEN_OBJECT:
    case OPEN_LIST:
      if (reader.ended) throw new SyntaxError('there is something behind the end of the document');
      reader.depth += 1;
      if (reader.depth === 1) return byte === OPEN_OBJECT ? 'object-begins' : refuse();
      return reader.depth === 2 && inList ? 'list-begins' : null;
    case CLOSE_OBJECT:
    case CLOSE_LIST:
      reader.depth -= 1;
      if (reader.depth === 0) return 'object-ends';
      return reader.depth === 1 && inList ? 'list-ends' : null;
    case COMMA:
      if (reader.depth === 1) return 'member-ends';
      return reader.depth === 2 && inList ? 'element-ends' : null;
    case COLON:
      return reader.depth === 1 && reader.name === null ? 'name-ends' : null;
    default:
      return null;
  }
}

function refuse(): never {
  throw new SyntaxError('the document is not a JSON object');
}

function* cross(reader: Reader, border: Border, inList: boolean): Generator<JsonPart, void, void> {
  const text = take(reader);
  switch (border) {
    case 'object-begins':
    case 'list-begins':
      if (text.trim() !== '') refuse();
      return;
    case 'name-ends':
      reader.name = JSON.parse(text) as string;
      return;
    case 'element-ends':
      yield { kind: 'element', text };
      return;
    case 'list-ends':
      if (text.trim() !== '') yield { kind: 'element', text };
      return;
    case 'member-ends':
    case 'object-ends':
      if (inList ? text.trim() !== '' : reader.name === null && text.trim() !== '') refuse();
      if (reader.name !== null && !inList) yield { kind: 'member', name: reader.name, text };
      reader.name = null;
      reader.ended = border === 'object-ends';
  }
}

function keep(reader: Reader, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  reader.partBytes += bytes.length;
  if (reader.partBytes > LONGEST_PART_BYTES) throw new SyntaxError('a part of the document is too long');
  // The chunk's memory is used again for the next one.
  reader.part.push(Uint8Array.from(bytes));
}

function take(reader: Reader): string {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(Buffer.concat(reader.part));
  reader.part = [];
  reader.partBytes = 0;
  return text;
}
