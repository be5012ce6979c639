import { howReadSchema } from '../../../shared/contract/imports';
import { isBlank, settleColumns } from './columns.rules';
import { readCorrections } from './corrections';
import { createDraftWriter } from './draft-writer';
import type { ImportOutcome } from './import.messages';
import type { ImportRun } from './run-context';
import type { DraftTotals } from './imports.repo';
import { readingOf, readLayout, type Layout } from './layout';
import { refuseFile } from './refusals';
import type { Source } from './opened-source';
import { openSource } from './source';

/**
 * Reads, judges and stores one file as an unfinished draft: in the worker thread, with a database handle of its own. The
 * caller makes the draft visible, or removes it when this throws.
 *
 * @throws what `openSource`, `readLayout`, `settleColumns` and `readCorrections` throw; failed `file-without-rows`, `import-cancelled`
 */
export async function runImport(run: ImportRun): Promise<ImportOutcome> {
  const { file, sourceName, look } = run.job.request;
  const source = await openSource(file, sourceName, look);
  try {
    const layout = await readLayout(run.local.read, source, run.job.request);
    return layout.continuation === null
      ? await importSource(run, source, layout)
      : await readCorrections(run, source, layout, layout.continuation);
  } finally {
    await source.close();
  }
}

async function importSource(run: ImportRun, source: Source, layout: Layout): Promise<ImportOutcome> {
  const { request } = run.job;
  const columns = settleColumns(layout.columns, layout.sample, request);
  // Only now: what is refused by its beginning leaves no trace, not even a number.
  if (source.headIsWhole && layout.sample.every(isBlank)) throw refuseFile('file-without-rows', source.sourceName);
  const writer = await createDraftWriter(run, source, columns);
  const { draftId, tally, notes } = writer;
  try {
    const { blankLines } = await source.read({
      skipRows: layout.headingRow,
      onRow: (row) => writer.take(row),
      ready: () => writer.ready(source.bytesRead()),
    });
    await writer.end(source.sizeBytes);
    const { seen, lost, doubtful } = notes.rounded;
    const { sha256, encoding } = await source.result();
    const reading = readingOf(source, layout, encoding);
    const totals: DraftTotals = {
      ...tally.totals(),
      blankLines,
      reading: howReadSchema.parse(reading),
      rounded: { seen, lost, doubtful: doubtful.length },
      sha256,
      encoding: encoding ?? source.format,
    };
    return { kind: 'new', draftId, totals, reading };
  } finally {
    await writer.settle();
  }
}
