import { refuseFile } from '../refusals';

const FIRST_BYTES = 64 * 1024;
const MOST_BYTES = 256 * 1024 * 1024;

/** Very many short texts in one piece of memory: as strings of their own they would take five times as much. */
export interface TextStore {
  add(text: string): void;
  /** Undefined: there is no such text. */
  get(index: number): string | undefined;
  readonly size: () => number;
}

/** @throws (from `add`) failed `workbook-too-large` */
export function createTextStore(sourceName: string): TextStore {
  let bytes = Buffer.allocUnsafe(FIRST_BYTES);
  let ends = new Uint32Array(1024);
  let count = 0;
  let used = 0;
  return {
    add(text) {
      const most = used + text.length * 3;
      if (most > MOST_BYTES) throw refuseFile('workbook-too-large', sourceName, 'its texts take more than 256 MiB');
      if (most > bytes.length) {
        const grown = Buffer.allocUnsafe(Math.min(MOST_BYTES, Math.max(most, bytes.length * 2)));
        bytes.copy(grown, 0, 0, used);
        bytes = grown;
      }
      if (count === ends.length) {
        const grown = new Uint32Array(count * 2);
        grown.set(ends);
        ends = grown;
      }
      used += bytes.write(text, used);
      ends[count] = used;
      count += 1;
    },
    get(index) {
      const end = index < count ? ends[index] : undefined;
      return end === undefined ? undefined : bytes.toString('utf8', index === 0 ? 0 : ends[index - 1], end);
    },
    size: () => count,
  };
}
