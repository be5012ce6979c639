import type { DraftMoved, DraftRow } from '../../../../shared/contract/drafts';
import { worstWords } from './finding-words';

const NAMED_ROWS = 5;

/** `line 12 (valid)` */
function stateOf(row: DraftRow): string {
  return `line ${row.line} (${row.excluded ? 'left out' : worstWords(row)})`;
}

/**
 * What an act did, for the line above the rows and for screen readers: the act, how the row is judged now, and which other
 * rows are judged differently with it.
 * @param touched numbers of the rows that the act was about
 */
export function movedWords({ done, moved, rows }: DraftMoved, touched: readonly number[] = []): string {
  const [about] = touched.length === 1 ? rows.filter(({ row }) => row === touched[0]) : [];
  const others = rows.filter(({ row }) => !touched.includes(row));
  const otherCount = Math.max(0, moved - touched.length);
  const words = [about === undefined || about.excluded ? done : `${done}: ${worstWords(about)} now`];
  if (touched.length > 0 && otherCount > 0) {
    const named = others.slice(0, NAMED_ROWS).map(stateOf);
    const more = otherCount - named.length;
    words.push(`Judged anew with it: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`);
  }
  return `${words.map(capital).join('. ')}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
