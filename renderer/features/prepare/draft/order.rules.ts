import type { DraftRow } from '../../../../shared/contract/drafts';

/** A row in the order of sending, by its line in the file; of another list it is known by name only. */
export interface OrderStep {
  readonly name: string;
  readonly row: DraftRow | null;
}

const AFTER = /^after (.+?)(?: of the list)?$/;

interface Link {
  readonly row: DraftRow;
  /** What it waits for, as the finding names it: `line 12`, or `change 4 row 7`. */
  readonly before: string;
}

/**
 * Rows that wait for one another, each group in the order of sending: what is freed goes first.
 * @param rows rows with the findings `chain` or `chain-open`
 */
export function chainsOf(rows: readonly DraftRow[]): readonly (readonly OrderStep[])[] {
  const links = rows.flatMap((row) =>
    row.findings.flatMap(({ code, evidence }): Link[] => {
      const before = code === 'chain' || code === 'chain-open' ? AFTER.exec(evidence ?? '')?.[1] : undefined;
      return before === undefined ? [] : [{ row, before }];
    }),
  );
  const rowOf = new Map(links.map(({ row }) => [nameOf(row), row]));
  const followers = new Map<string, string[]>();
  for (const { row, before } of links) {
    const known = followers.get(before);
    if (known === undefined) followers.set(before, [nameOf(row)]);
    else known.push(nameOf(row));
  }
  const starts = [...followers.keys()].filter((name) => !rowOf.has(name));
  return starts.map((start) => {
    const steps = new Map<string, OrderStep>();
    const next = [start];
    for (let name = next.shift(); name !== undefined; name = next.shift()) {
      // A row that waits for two stands after the later one.
      steps.delete(name);
      steps.set(name, { name, row: rowOf.get(name) ?? null });
      next.push(...(followers.get(name) ?? []));
    }
    return [...steps.values()];
  });
}

const nameOf = ({ line }: DraftRow): string => `line ${line}`;

/**
 * Each circle of the list once, beginning with its first row. Every row names the places after it; of a long circle only
 * the first ones, so that the circle is put together from its rows.
 */
export function circlesOf(rows: readonly DraftRow[]): readonly (readonly OrderStep[])[] {
  const rowOf = new Map(rows.map((row) => [nameOf(row), row]));
  const next = new Map<string, string>();
  for (const { findings } of rows) {
    for (const { code, evidence } of findings) {
      if (code !== 'cycle' || evidence === undefined) continue;
      const names = evidence.split(' → ');
      names.slice(0, -1).forEach((name, at) => {
        const after = names[at + 1];
        if (after !== undefined && !name.startsWith('…') && !after.startsWith('…') && !next.has(name))
          next.set(name, after);
      });
    }
  }
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    const steps: OrderStep[] = [];
    for (let name = next.has(nameOf(row)) ? nameOf(row) : undefined; name !== undefined; name = next.get(name)) {
      if (seen.has(name)) break;
      seen.add(name);
      steps.push({ name, row: rowOf.get(name) ?? null });
    }
    return steps.length === 0 ? [] : [steps];
  });
}
