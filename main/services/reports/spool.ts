import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeAtomically } from '../../lib/atomic-output';
import type { ReportRow } from './report';

/**
 * The rows of a report in a private temporary file. They are read from the database once, so that totals, code and every
 * page speak of the same rows even while the change is still being processed; and a change of a million rows takes no
 * more memory than one of ten.
 */
export interface RowSpool {
  rows(): AsyncIterable<ReportRow>;
  remove(): Promise<void>;
}

export async function spoolRows(rows: AsyncIterable<ReportRow>): Promise<RowSpool> {
  const dir = await mkdtemp(join(tmpdir(), 'swapdesk-report-'));
  const file = join(dir, 'rows.jsonl');
  const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    await writeAtomically(file, async (write) => {
      for await (const row of rows) await write(`${oneLine(row)}\n`);
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return { rows: () => readRows(file), remove };
}

/** Node's line reader also splits at these two, which JSON may hold as they are. */
function oneLine(row: ReportRow): string {
  return JSON.stringify(row).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

async function* readRows(file: string): AsyncIterable<ReportRow> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  for await (const line of lines) yield JSON.parse(line) as ReportRow;
}
