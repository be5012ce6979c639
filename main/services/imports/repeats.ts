/** Entries at first; the memory doubles when they are used up. */
const FEWEST_ENTRIES = 1 << 12;

/**
 * Finds rows of a list that may have the same value: 12 bytes a note in typed arrays that are filled one after the other,
 * and sorted once at the end. A `Set` of a million texts takes 100 MB and ten times as long; a hash table beside the
 * database's work waits for memory at every note. Values are kept as fingerprints of 53 bits, so two of them may be taken
 * for one: whoever asks compares the values themselves.
 */
export interface RepeatFinder {
  /** @param row number of the row, from 1 to 2³² - 1 */
  note(value: string | number, row: number): void;
  /** Rows that share a fingerprint with another note, in the order of the notes. */
  rows(): readonly number[];
  /** The first noted row of each of these values; those that no row has are not in it. */
  firstRows<T extends string | number>(values: readonly T[]): ReadonlyMap<T, number>;
}

/** @param expectedNotes a guess: the memory grows with the notes, but copying it takes time */
export function createRepeatFinder(expectedNotes = 0): RepeatFinder {
  let prints = new Float64Array(Math.max(FEWEST_ENTRIES, Math.ceil(expectedNotes)));
  let rows = new Uint32Array(prints.length);
  let count = 0;

  const grow = (): void => {
    const [oldPrints, oldRows] = [prints, rows];
    prints = new Float64Array(oldPrints.length * 2);
    rows = new Uint32Array(oldRows.length * 2);
    prints.set(oldPrints);
    rows.set(oldRows);
  };

  return {
    note(value, row) {
      if (count === prints.length) grow();
      prints[count] = printOf(value);
      rows[count] = row;
      count += 1;
    },
    rows() {
      const repeated = repeatedPrints(prints.slice(0, count).sort());
      if (repeated.size === 0) return [];
      const found: number[] = [];
      for (let at = 0; at < count; at += 1) if (repeated.has(prints[at] ?? 0)) found.push(rows[at] ?? 0);
      return found;
    },
    firstRows(values) {
      const wanted = new Map(values.map((value) => [printOf(value), value]));
      const found = new Map<(typeof values)[number], number>();
      for (let at = 0; at < count && found.size < wanted.size; at += 1) {
        const value = wanted.get(prints[at] ?? 0);
        if (value !== undefined && !found.has(value)) found.set(value, rows[at] ?? 0);
      }
      return found;
    },
  };
}

function repeatedPrints(sorted: Float64Array): ReadonlySet<number> {
  const repeated = new Set<number>();
  for (let at = 1; at < sorted.length; at += 1) {
    const print = sorted[at] ?? 0;
    if (print === sorted[at - 1]) repeated.add(print);
  }
  return repeated;
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
