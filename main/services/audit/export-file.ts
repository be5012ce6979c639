import papaparse from 'papaparse';
import type { AuditEntry } from '../../../shared/domain/audit';
import { workFailed } from '../../../shared/domain/fault';
import { explainOutputFault, writeAtomically, type WriteChunk } from '../../lib/atomic-output';
import { canonicalText } from '../../lib/canonical';
import { isoTime } from '../../lib/clock';
import { BYTE_ORDER_MARK, NEEDS_TEXT_MARK } from '../../lib/csv-cells';
import type { ReadDb } from '../../localdb/types';
import { chainRanges, oldestEntries, snapshot, type StoredEntry, type TrailSnapshot } from './audit.repo';
import { exportText } from './chain.rules';
import { EXPORT_NAME, EXPORT_VERSION, type ExportChain, type ExportFormat } from './export-format';
import type { AuditFilter } from './types';

const ENTRIES_A_CHUNK = 2_000;

interface Export {
  readonly db: ReadDb;
  readonly filter: AuditFilter;
  readonly trail: TrailSnapshot;
  readonly exportedAt: string;
}

/** What is appended meanwhile is left out: the file shows the trail as it was when the export began. */
export async function exportTrail(
  db: ReadDb,
  nowMs: number,
  request: { format: 'csv' | 'json'; outFile: string; filter: AuditFilter },
): Promise<{ entries: number }> {
  const { format, outFile, filter } = request;
  const job: Export = { db, filter, trail: await snapshot(db), exportedAt: isoTime(nowMs) };
  let entries = 0;
  try {
    await writeAtomically(outFile, async (write) => {
      entries = format === 'json' ? await writeJson(job, write) : await writeCsv(job, write);
    });
  } catch (error) {
    const reason = explainOutputFault(error);
    if (reason === null) throw error;
    throw workFailed(
      { code: 'export-not-written', what: 'The audit trail could not be written', where: outFile, ...reason },
      error,
    );
  }
  return { entries };
}

async function* chunks({ db, filter, trail }: Export): AsyncIterable<readonly StoredEntry[]> {
  let afterId = 0;
  for (;;) {
    const found = await oldestEntries(db, filter, { afterId, lastId: trail.lastId, limit: ENTRIES_A_CHUNK });
    if (found.length > 0) yield found;
    const last = found.at(-1);
    if (last === undefined || found.length < ENTRIES_A_CHUNK) return;
    afterId = last.id;
  }
}

async function writeJson(job: Export, write: WriteChunk): Promise<number> {
  const filter = Object.fromEntries(Object.entries(job.filter).filter(([, value]) => value !== undefined));
  const complete = Object.keys(filter).length === 0;
  const format: ExportFormat = {
    name: EXPORT_NAME,
    version: EXPORT_VERSION,
    hash: 'SHA-256',
    canonicalForm: 'RFC 8785',
    exportedAt: job.exportedAt,
    filter: complete ? null : filter,
  };
  const chains = await chainsOf(job, complete);
  await write(`{"format":${canonicalText(format)},\n"chains":${canonicalText(chains)},\n"entries":[`);
  let entries = 0;
  for await (const chunk of chunks(job)) {
    const lines = chunk.map(({ body, hash }) => exportText(body, hash)).join(',\n');
    await write(`${entries === 0 ? '\n' : ',\n'}${lines}`);
    entries += chunk.length;
  }
  await write(`${entries === 0 ? '' : '\n'}]}\n`);
  return entries;
}

async function chainsOf({ db, filter, trail }: Export, complete: boolean): Promise<readonly ExportChain[]> {
  const ranges = complete ? [] : await chainRanges(db, filter, trail.lastId);
  return trail.heads.map(({ chainId, chain, seq, hash }) => {
    const whole = { fromSeq: Math.min(1, seq), toSeq: seq, entries: seq };
    const selected = ranges.find((range) => range.chainId === chainId) ?? { fromSeq: 0, toSeq: 0, entries: 0 };
    const { fromSeq, toSeq, entries } = complete ? whole : selected;
    return { chain, complete, fromSeq, toSeq, entries, head: { seq, hash } };
  });
}

const COLUMNS = [
  'at',
  'stream',
  'actor',
  'action',
  'provider',
  'change',
  'row',
  'deviceChange',
  'deviceId',
  'correlationId',
  'details',
  'chain',
  'seq',
  'prevHash',
  'hash',
] as const satisfies readonly (keyof AuditEntry)[];

async function writeCsv(job: Export, write: WriteChunk): Promise<number> {
  await write(`${BYTE_ORDER_MARK}${COLUMNS.join(',')}\r\n`);
  let entries = 0;
  for await (const chunk of chunks(job)) {
    const rows = chunk.map(({ body, hash }) => {
      const entry: AuditEntry = { ...(JSON.parse(body) as Omit<AuditEntry, 'hash'>), hash };
      return COLUMNS.map((column) => (column === 'details' ? canonicalText(entry.details) : entry[column]));
    });
    await write(`${papaparse.unparse(rows, { newline: '\r\n', escapeFormulae: NEEDS_TEXT_MARK })}\r\n`);
    entries += chunk.length;
  }
  return entries;
}
