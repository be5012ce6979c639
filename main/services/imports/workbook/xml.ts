import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import { refuseFile, LONGEST_ROW_CHARS } from '../refusals';
import { asDamage } from './zip';

/** Names come without their prefix: `x:row` is `row`. */
export interface XmlListener {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text?(text: string): void;
  /** After every piece, with the bytes so far; true: enough was read. */
  pause?(readBytes: number): Promise<boolean> | boolean;
}

const DEEPEST = 100;

/**
 * Reads XML piece by piece. No document type is accepted, so no entity can be declared that grows or reads a file;
 * neither a text nor a tag may grow beyond a row's size while it waits for its end.
 *
 * @throws failed `workbook-damaged`
 */
export async function readXml(stream: Readable, sourceName: string, listener: XmlListener): Promise<void> {
  const parser = new SaxesParser<{ readonly position: false; readonly xmlns: false }>({
    position: false,
    xmlns: false,
  });
  let depth = 0;
  let waitingChars = 0;
  parser.on('doctype', () => {
    throw refuseFile('workbook-damaged', sourceName, 'it declares a document type, which workbooks never do');
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    waitingChars = 0;
    depth += 1;
    if (depth > DEEPEST) throw refuseFile('workbook-damaged', sourceName, 'its parts are nested too deeply');
    listener.open(plainName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    waitingChars = 0;
    depth -= 1;
    listener.close(plainName(name));
  });
  if (listener.text !== undefined) parser.on('text', (text) => listener.text?.(text));
  try {
    let decoder: TextDecoder | null = null;
    let readBytes = 0;
    for await (const bytes of stream as AsyncIterable<Uint8Array>) {
      decoder ??= decoderFor(bytes);
      waitingChars += bytes.length;
      readBytes += bytes.length;
      parser.write(decoder.decode(bytes, { stream: true }));
      if (waitingChars > LONGEST_ROW_CHARS + bytes.length) throw refuseFile('row-too-long', sourceName);
      if ((await listener.pause?.(readBytes)) === true) return;
    }
    if (decoder !== null) parser.write(decoder.decode());
    parser.close();
  } catch (error) {
    throw asDamage(error, sourceName);
  }
}

/** Workbooks are UTF-8 or UTF-16 (ECMA-376 part 2); anything else is damage. */
function decoderFor(head: Uint8Array): TextDecoder {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le', { fatal: true });
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be', { fatal: true });
  return new TextDecoder('utf-8', { fatal: true });
}

function plainName(name: string): string {
  const cut = name.indexOf(':');
  return cut === -1 ? name : name.slice(cut + 1);
}
