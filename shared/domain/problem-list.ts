/**
 * The headings by which an exported list of problem rows is known again. They stand in every such file, whatever its
 * format, and survive a spreadsheet: the first names the draft, its cells the rows.
 */
const ROW_HEADING = /^swapdesk row of ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

export function rowHeading(draftUid: string): string {
  return `Swapdesk row of ${draftUid}`;
}

/** What the export adds for the person; an import passes over it. */
export const PROBLEM_HEADINGS = {
  verdict: 'Swapdesk verdict',
  reasons: 'Swapdesk reasons',
  todo: 'Swapdesk what to do',
} as const;

/** The draft that a list goes on with, and the column of its row numbers; null: the list is a new one. */
export function continuationOf(
  headings: readonly string[],
): { readonly draftUid: string; readonly column: number } | null {
  for (const [column, heading] of headings.entries()) {
    const draftUid = ROW_HEADING.exec(heading.trim())?.[1];
    if (draftUid !== undefined) return { draftUid: draftUid.toLowerCase(), column };
  }
  return null;
}
