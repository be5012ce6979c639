import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { openLocalDb } from '../main/localdb/open';
import { findDraft } from '../main/services/drafts/drafts.repo';
import { createDraftPages } from '../main/services/drafts/pages';
import type { RowFilter, RowSort } from '../main/services/drafts/types';
import { CHUNK_ROWS, finishDraft, type StoredRow } from '../main/services/imports/imports.repo';
import { addRecords, recordsOf } from '../main/services/imports/rows.repo';
import { addEmptyDraft, lineIccid } from './data';
import { dataDir, runBenchmark, type Measured } from './harness';

const PAGE_ROWS = 200;
const PAGES_A_VIEW = 200;
const ALL: RowFilter = { verdict: null, finding: null, text: '', excluded: 'no' };
const VIEWS: readonly (readonly [RowFilter, RowSort])[] = [
  [ALL, { by: 'row', direction: 'ascending' }],
  [ALL, { by: 'row', direction: 'descending' }],
  [ALL, { by: 'verdict', direction: 'ascending' }],
  [ALL, { by: 'newIccid', direction: 'descending' }],
  [ALL, { by: 'customer', direction: 'ascending' }],
  [
    { ...ALL, verdict: 'valid' },
    { by: 'row', direction: 'ascending' },
  ],
  [
    { ...ALL, verdict: 'error' },
    { by: 'oldIccid', direction: 'ascending' },
  ],
  [
    { ...ALL, finding: 'line-unknown' },
    { by: 'row', direction: 'ascending' },
  ],
  [
    { ...ALL, text: '777' },
    { by: 'note', direction: 'ascending' },
  ],
];

const fileOf = (rows: number): string => join(dataDir, `page-${rows}.sqlite`);
const unknown = JSON.stringify([{ code: 'line-unknown', level: 'error', field: 'oldIccid', message: 'Unknown line' }]);

/** One row in fifty is wrong. */
function storedRow(row: number): StoredRow {
  const iccid = lineIccid(row);
  return {
    row,
    line: row + 1,
    verdict: row % 50 === 0 ? 'error' : 'valid',
    lineKey: `oldIccid:${iccid}`,
    deviceId: row,
    mdn: String(2_000_000_000 + row),
    oldIccid: iccid,
    oldImei: null,
    newIccid: lineIccid(row + 2_000_000_000),
    newImei: null,
    customer: `Customer ${row % 211}`,
    ratePlan: null,
    ratePool: null,
    effectiveDate: null,
    note: `depot shelf ${row % 97}`,
    findings: row % 50 === 0 ? unknown : null,
    raw: null,
    extra: null,
  };
}

async function prepare(rows: number): Promise<string> {
  const data = `a draft of ${rows.toLocaleString('en')} rows, 2 % errors; ${VIEWS.length} views, ${PAGES_A_VIEW} random pages of ${PAGE_ROWS} of each`;
  if (existsSync(fileOf(rows))) return data;
  const part = `${fileOf(rows)}.part`;
  for (const end of ['', '-wal', '-shm']) rmSync(part + end, { force: true });
  const local = await openLocalDb({ file: part, durability: 'last' });
  const draftId = await addEmptyDraft(local, 'ChangeICCID');
  for (let at = 1; at <= rows; at += CHUNK_ROWS) {
    const chunk = Array.from({ length: Math.min(CHUNK_ROWS, rows - at + 1) }, (_, index) => storedRow(at + index));
    const records = await recordsOf(chunk);
    await local.write((trx) => addRecords(trx, draftId, records, 1));
  }
  const error = Math.floor(rows / 50);
  await local.write((trx) =>
    finishDraft(
      trx,
      draftId,
      {
        ...{
          rows,
          valid: rows - error,
          warning: 0,
          error,
          blankLines: 0,
          reading: null,
          sha256: '',
          encoding: 'utf-8',
        },
        findings: { 'line-unknown': error },
        rounded: { seen: 0, lost: 0, doubtful: 0 },
      },
      2,
    ),
  );
  await local.close();
  renameSync(part, fileOf(rows));
  return data;
}

/** Places all over a list of this length, seeded. */
const placeOf = (page: number, total: number): number =>
  (Math.imul(page + 1, 0x9e3779b1) >>> 0) % Math.max(1, total - PAGE_ROWS);

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

async function ours(rows: number): Promise<Measured> {
  const local = await openLocalDb({ file: fileOf(rows) });
  const draft = await findDraft(local.read, 'uid', 'bench');
  if (draft === null) throw new Error('the draft is gone');
  const pages = createDraftPages(local);
  const [first, later]: [number[], number[]] = [[], []];
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (const [filter, sort] of VIEWS) {
    let startedAt = performance.now();
    const { total } = await pages.page(draft, { filter, sort, limit: PAGE_ROWS, offset: 0 });
    // The order of a view is made with its first far page.
    await pages.page(draft, { filter, sort, limit: PAGE_ROWS, offset: placeOf(0, total) });
    first.push(performance.now() - startedAt);
    for (let page = 1; page <= PAGES_A_VIEW; page += 1) {
      startedAt = performance.now();
      await pages.page(draft, { filter, sort, limit: PAGE_ROWS, offset: placeOf(page, total) });
      later.push(performance.now() - startedAt);
    }
  }
  delays.disable();
  await local.close();
  return {
    ms: later.reduce((sum, one) => sum + one, 0) / later.length,
    p50Ms: percentile(later, 0.5),
    p99Ms: percentile(later, 0.99),
    slowestFirstMs: Math.max(...first),
    longestBlockMs: delays.max / 1e6,
  };
}

/** As most programs do it. */
function offset(rows: number): Promise<Measured> {
  const database = new Database(fileOf(rows), { readonly: true });
  const statement = database.prepare(`select * from draft_row where draft_id = 1 order by row_no limit ? offset ?`);
  const later = Array.from({ length: PAGES_A_VIEW }, (_, page) => {
    const startedAt = performance.now();
    statement.all(PAGE_ROWS, placeOf(page, rows));
    return performance.now() - startedAt;
  });
  database.close();
  const ms = later.reduce((sum, one) => sum + one, 0) / later.length;
  return Promise.resolve({ ms, p50Ms: percentile(later, 0.5), p99Ms: percentile(later, 0.99) });
}

await runBenchmark({
  name: 'page',
  rows: 1_000_000,
  rounds: 3,
  prepare,
  variants: [
    { name: 'ours', run: ours },
    { name: 'better-sqlite3, limit and offset, unsorted', run: offset },
  ],
  figures: [
    { name: '200 rows of any filter and sort, p99 in main, ms', goal: 5, value: (median) => median('ours', 'p99Ms') },
    { name: 'longest block of the main thread, ms', goal: 50, value: (median) => median('ours', 'longestBlockMs') },
  ],
});
