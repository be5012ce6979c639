import { workFailed, type SwapdeskError } from '../../../shared/domain/fault';

/** The one size that a single row, and so the memory that a file can claim, never exceeds. */
export const LONGEST_ROW_CHARS = 1024 * 1024;
export const MOST_COLUMNS = 1_000;

const SAVE_AS_CSV = 'Save or export it as "CSV UTF-8" or as an Excel workbook (.xlsx) and import that file.';

/** The whole file is refused, and nothing of it is stored. */
export function refuseFile(code: RefusalCode, where: string, why?: string, cause?: unknown): SwapdeskError {
  const { what, todo } = REFUSALS[code];
  return workFailed({ code, what, where, ...(why === undefined ? {} : { why }), todo }, cause);
}

export type RefusalCode = keyof typeof REFUSALS;

const REFUSALS = {
  'file-missing': { what: 'The file does not exist', todo: 'Check the name and the folder.' },
  'file-is-folder': { what: 'This is a folder, not a file', todo: 'Choose a file in it.' },
  'file-not-regular': { what: 'This is a device or a pipe, not a file', todo: 'Copy its content to a file first.' },
  'file-unreadable': {
    what: 'The file cannot be read',
    todo: 'Check that you may read it, that the drive is there and that no other program keeps it locked.',
  },
  'file-empty': { what: 'The file is empty', todo: 'Choose the file that holds the list.' },
  'file-without-rows': { what: 'The file has headings and no rows', todo: 'Choose the file that holds the list.' },
  'file-binary': { what: 'The file is no list that can be read', todo: SAVE_AS_CSV },
  'file-changed': {
    what: 'The file changed while it was read',
    todo: 'Wait until the program that writes it has ended, then import it again.',
  },
  'workbook-damaged': {
    what: 'The Excel workbook is damaged or was made by a program that does it wrong',
    todo: 'Open it in a spreadsheet program, save it under another name as .xlsx or "CSV UTF-8", and import that file.',
  },
  'workbook-encrypted': {
    what: 'The Excel workbook is protected with a password',
    todo: 'Open it, remove the password under File, Info, Protect Workbook, save it, and import it again.',
  },
  'workbook-bomb': {
    what: 'The file is built like a ZIP bomb and was not unpacked',
    todo: 'Ask the sender what it is. A real list can be saved as "CSV UTF-8" and imported so.',
  },
  'workbook-too-large': {
    what: 'The workbook is too large',
    todo: 'Save the one sheet that holds the list as "CSV UTF-8" and import that file, or split the list.',
  },
  'draft-of-list-gone': {
    what: 'The draft that this list of problem rows belongs to is not here',
    todo: 'It was submitted, deleted or made on another desk, or is of another provider. To import the list as a new one, delete the column "Swapdesk row of …".',
  },
  'row-number-lost': {
    what: 'A row of the list does not say which row of the draft it is',
    todo: 'Put its number back into the column "Swapdesk row of …". New rows go into a list of their own.',
  },
  'row-number-twice': {
    what: 'Two rows of the list stand for the same row of the draft',
    todo: 'Keep the one that is right. New rows go into a list of their own.',
  },
  'list-too-long': {
    what: 'The list of corrected rows is longer than 200,000 rows',
    todo: 'Split it, and import the parts one after the other.',
  },
  'heading-row-missing': {
    what: 'The file has no such row for headings',
    todo: 'Choose one of its first rows with --heading-row, or 0 when it has no headings.',
  },
  'sheet-unknown': { what: 'The workbook has no such sheet', todo: 'Choose one of its sheets with --sheet.' },
  'row-too-wide': {
    what: `A row has more than ${MOST_COLUMNS} columns`,
    todo: 'Check the separator of the columns, and remove what does not belong to the list.',
  },
  'row-too-long': {
    what: 'A row is longer than 1 MiB',
    todo: 'Check that the file is a CSV with one row a line, and that every quotation mark is closed.',
  },
  'quote-not-closed': {
    what: 'A quotation mark is never closed, so that the rest of the file would be one cell',
    todo: 'Close or remove the mark at that line.',
  },
  'import-cancelled': {
    what: 'The import was stopped; nothing was kept',
    todo: 'Import the file again when you like.',
  },
} as const;
