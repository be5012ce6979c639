/**
 * What a spreadsheet would damage or run, it must take as text. The mark is an apostrophe before the cell: the sign that
 * Excel, LibreOffice and Google Sheets know for text, that OWASP names against formulas, and that our import removes.
 *
 * Marked are: what opens a formula in some program (OWASP's `= + - @ TAB CR`, also after blanks, line feed and NUL, also
 * in full width); numbers that lose digits (12 digits and more are shown as 8.91E+19 and keep 15) or their leading zero;
 * what reads as a power of ten (1E5); and what begins with an apostrophe itself, so that reading back is unambiguous.
 */
export const NEEDS_TEXT_MARK =
  /^(?:'|[\s\0]*[=+\-@\t\r\n\0＝＋－＠]|\s*(?:\d{12,}|0\d+|\d+(?:\.\d+)?[eE][+-]?\d+)\s*$)/;

/** A cell as it was before it was exported. */
export function withoutTextMark(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

/** Excel reads a CSV file as UTF-8 only when it begins with this. */
export const BYTE_ORDER_MARK = '\uFEFF';
