/** What goes to the clipboard: plain text, and for spreadsheets a table whose cells stay text. */
export interface Copied {
  readonly text: string;
  readonly html?: string;
}

/** Puts it into a copy that the browser has begun. */
export function fillCopy(event: ClipboardEvent, { text, html }: Copied): void {
  event.clipboardData?.setData('text/plain', text);
  if (html !== undefined) event.clipboardData?.setData('text/html', html);
  event.preventDefault();
}

/**
 * Copies at the press of a button. By the browser's own copy command and not by `navigator.clipboard`, which asks for a
 * permission: the window grants none.
 * @returns false where the browser refused
 */
export function copyText(text: string): boolean {
  let copied = false;
  const fill = (event: ClipboardEvent): void => {
    fillCopy(event, { text });
    event.stopImmediatePropagation();
    copied = true;
  };
  document.addEventListener('copy', fill, { capture: true });
  try {
    document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', fill, { capture: true });
  }
  return copied;
}

/**
 * Rows for a spreadsheet: tab-separated, and as a table that tells it to keep every cell as text. Otherwise it turns
 * twenty digits into a power of ten.
 */
export function copiedRows(rows: readonly (readonly string[])[]): Copied {
  const cell = (text: string): string => `<td style="mso-number-format:'\\@'">${escapeHtml(text)}</td>`;
  return {
    text: rows.map((row) => row.map(inOneCell).join('\t')).join('\r\n'),
    html: `<table>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</table>`,
  };
}

function inOneCell(text: string): string {
  return text.replace(/[\t\r\n]+/g, ' ');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
