import type { Look } from '../../../shared/contract/imports';
import { readCsv, readHead } from './csv-reader';
import { detectDelimiter, detectEncoding, otherEncodings } from './file-look.rules';
import { refuseFile } from './refusals';
import type { Source } from './opened-source';
import { decodeHead, readText, type OpenFile } from './text-chunks';

/** A text file with separators. */
export async function openCsv(opened: OpenFile, headBytes: Uint8Array, look: Look): Promise<Source> {
  const { sourceName, sizeBytes, handle } = opened;
  const isChosen = look.encoding !== null;
  const { encoding, skipBytes } = detectEncoding(headBytes, sourceName, look.encoding);
  const headIsWhole = sizeBytes <= headBytes.length;
  const text = decodeHead(headBytes.subarray(skipBytes), { encoding, isChosen }, headIsWhole);
  if (text.trim() === '' && headIsWhole) throw refuseFile('file-empty', sourceName);
  const delimiter = look.delimiter ?? detectDelimiter(text);
  const reading = readText({ ...opened, encoding, skipBytes, isChosen });
  return {
    format: 'csv',
    sourceName,
    sizeBytes,
    encoding,
    delimiter,
    sheet: null,
    sheets: [],
    encodings: otherEncodings(headBytes.subarray(skipBytes), encoding),
    head: readHead(text, headIsWhole, delimiter),
    headIsWhole,
    read: (input) => readCsv({ sourceName, delimiter, chunks: reading.chunks, ...input }),
    bytesRead: () => reading.bytesRead(),
    result: () => Promise.resolve(reading.result()),
    close: () => handle.close(),
  };
}
