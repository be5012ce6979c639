/** Entries for each place of the table: more would make the searches long. */
const MOST_FILLED = 0.6;
const FEWEST_PLACES = 1 << 12;
const MOST_PLACES_AT_FIRST = 1 << 21;
/** Marks a row whose number was given out as the first of its kind already. */
const GIVEN_OUT = 0x8000_0000;

/**
 * Finds rows of a list that may have the same value, while they are read: 12 bytes a row in typed arrays, where a `Set` of
 * a million texts takes 100 MB and ten times as long. Values are kept as fingerprints of 53 bits, so two of them may be
 * taken for one: whoever asks compares the values themselves.
 */
export interface RepeatFinder {
  /** @param row number of the row, from 1 to 2³¹ - 1 */
  note(value: string | number, row: number): void;
  /** Rows that share a fingerprint with another one, in the order in which that was found. */
  rows(): readonly number[];
  /** The first row with this fingerprint; null: no row has the value. */
  firstRow(value: string | number): number | null;
}

/** @param expectedRows a guess: the table grows with the rows, but building it anew takes time */
export function createRepeatFinder(expectedRows = 0): RepeatFinder {
  const places = 2 ** Math.ceil(Math.log2(Math.max(FEWEST_PLACES, expectedRows / MOST_FILLED)));
  let prints = new Float64Array(Math.min(places, MOST_PLACES_AT_FIRST)).fill(-1);
  let firsts = new Uint32Array(prints.length);
  let filled = 0;
  const repeated: number[] = [];

  const grow = (): void => {
    const [oldPrints, oldFirsts] = [prints, firsts];
    prints = new Float64Array(oldPrints.length * 2).fill(-1);
    firsts = new Uint32Array(oldFirsts.length * 2);
    for (let at = 0; at < oldPrints.length; at += 1) {
      const print = oldPrints[at] ?? -1;
      if (print === -1) continue;
      const place = placeOf(prints, print);
      prints[place] = print;
      firsts[place] = oldFirsts[at] ?? 0;
    }
  };

  return {
    note(value, row) {
      const print = printOf(value);
      const place = placeOf(prints, print);
      if (prints[place] !== print) {
        prints[place] = print;
        firsts[place] = row;
        filled += 1;
        if (filled > prints.length * MOST_FILLED) grow();
        return;
      }
      const first = firsts[place] ?? 0;
      if (first < GIVEN_OUT) {
        repeated.push(first);
        firsts[place] = first + GIVEN_OUT;
      }
      repeated.push(row);
    },
    rows: () => repeated,
    firstRow(value) {
      const print = printOf(value);
      const place = placeOf(prints, print);
      const first = firsts[place] ?? 0;
      return prints[place] === print ? first % GIVEN_OUT : null;
    },
  };
}

/** Where a fingerprint stands, or would stand. */
function placeOf(prints: Float64Array, print: number): number {
  const mask = prints.length - 1;
  let mixed = Math.imul(print | 0, 0x9e37_79b1) ^ (print / 0x1_0000_0000);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85eb_ca6b);
  let place = (mixed ^ (mixed >>> 13)) & mask;
  for (;;) {
    const found = prints[place];
    if (found === print || found === -1) return place;
    place = (place + 1) & mask;
  }
}

/** Two different hashes of 32 and 21 bits over the characters, in one number that a double holds exactly. */
function printOf(value: string | number): number {
  if (typeof value === 'number') return value;
  let low = 0x811c_9dc5;
  let high = value.length;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    low = Math.imul(low ^ code, 0x0100_0193);
    high = Math.imul(high, 31) + code + (low >>> 27);
  }
  low ^= low >>> 15;
  high ^= high >>> 13;
  return (low >>> 0) + (high & 0x1f_ffff) * 0x1_0000_0000;
}
