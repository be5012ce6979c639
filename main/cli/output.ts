import { tell, type ErrorStory } from '../../shared/domain/fault';

/** What a command has to say in the end: for scripts, and for a person. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
  /** The work was done but did not succeed (exit 1). */
  readonly failed?: boolean;
}

/** A command that printed for itself (the simulator's process does). */
export interface PrintedAlready {
  readonly exitCode: number;
}

/** The only place that writes to standard output: one JSON document, or text for a person. */
export function printResult(result: CommandResult, asJson: boolean): void {
  console.log(asJson ? JSON.stringify(result.json) : result.text);
}

export function printError(story: ErrorStory, asJson: boolean): void {
  console.error(`swapdesk: ${tell(story)}`);
  if (asJson) console.log(JSON.stringify({ error: story }));
}

/** Progress and notices go to standard error, so that standard output stays the result's. */
export function printNotice(line: string): void {
  console.error(line);
}

/** Columns that line up; numbers to the right. Empty cells are shown as `–`. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null || cell === '' ? '–' : String(cell))));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const numeric = headings.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        numeric[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(headings), ...cells.map(line)].join('\n');
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
