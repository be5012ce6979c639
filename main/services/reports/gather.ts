import { createHash } from 'node:crypto';
import { deriveBulkStatus, type DeviceChangeStatus, type StatusCounts } from '../../../shared/domain/change';
import { canonicalText } from '../../lib/canonical';
import { isoTime, type Clock } from '../../lib/clock';
import type { AuditService, ChainHead } from '../audit/types';
import type { BulkChange, ChangesService, DeviceChangeRow } from '../changes/types';
import type { ReportHead, ReportRow, ReportedChange, ReportedTrail } from './report';
import { spoolRows, type RowSpool } from './spool';
import { nextStepOf, rowStatusInWords } from './words.rules';

export interface ReportSources {
  readonly changes: Pick<ChangesService, 'get' | 'rows'>;
  readonly audit: Pick<AuditService, 'count' | 'verify' | 'heads'>;
  readonly clock: Pick<Clock, 'now'>;
  /** What the central database countersigned; empty when it can't be asked now. */
  readonly centralHeads?: () => Promise<readonly ChainHead[]>;
}

export interface GatheredReport {
  readonly head: ReportHead;
  readonly spool: RowSpool;
}

const ROWS_A_PAGE = 500;

/** Reads everything a report says, once. The caller removes the spool. */
export async function gatherReport(sources: ReportSources, idOrUid: string): Promise<GatheredReport> {
  const change = await sources.changes.get(idOrUid);
  const tally: Tally = { byStatus: {}, needsPerson: 0, rows: 0 };
  const spool = await spoolRows(tallied(changeRows(sources.changes, change.id), tally));
  try {
    const { rows, ...totals } = tally;
    const reported = reportedChange(change, totals, rows);
    const head: ReportHead = {
      generatedAt: isoTime(sources.clock.now()),
      verifyingCode: await verifyingCode(reported, spool),
      change: reported,
      totals,
      audit: await reportedTrail(sources, change),
    };
    return { head, spool };
  } catch (error) {
    await spool.remove();
    throw error;
  }
}

async function* changeRows(changes: Pick<ChangesService, 'rows'>, changeId: number): AsyncIterable<ReportRow> {
  for (let offset = 0; ; offset += ROWS_A_PAGE) {
    const { rows } = await changes.rows(changeId, { limit: ROWS_A_PAGE, offset });
    yield* rows.map(reportRow);
    if (rows.length < ROWS_A_PAGE) return;
  }
}

interface Tally {
  readonly byStatus: Partial<Record<DeviceChangeStatus, number>>;
  needsPerson: number;
  rows: number;
}

async function* tallied(rows: AsyncIterable<ReportRow>, tally: Tally): AsyncIterable<ReportRow> {
  for await (const row of rows) {
    tally.rows += 1;
    tally.byStatus[row.status] = (tally.byStatus[row.status] ?? 0) + 1;
    if (row.status === 'unknown' && row.needsPerson) tally.needsPerson += 1;
    yield row;
  }
}

function reportRow(row: DeviceChangeRow): ReportRow {
  const { row: number, uid, deviceId, mdn, status, needsPerson, requestId, attempts, error, disposition } = row;
  return {
    row: number,
    uid,
    deviceId,
    mdn,
    old: row.old,
    new: row.new,
    status,
    statusInWords: rowStatusInWords(status, needsPerson),
    needsPerson,
    requestId,
    attempts,
    error: error === null ? null : { ...error, nextStep: nextStepOf(error) },
    disposition,
  };
}

function reportedChange(change: BulkChange, totals: StatusCounts, rows: number): ReportedChange {
  return {
    id: change.id,
    uid: change.uid,
    name: change.name,
    provider: { uid: change.providerUid, name: change.providerName },
    changeType: change.changeType,
    createdAt: change.createdAt,
    createdBy: change.createdBy,
    startedAt: change.startedAt,
    endedAt: change.endedAt,
    status: deriveBulkStatus(totals),
    rows,
    planHash: change.planHash,
  };
}

async function verifyingCode(change: ReportedChange, spool: RowSpool): Promise<string> {
  const digest = createHash('sha256').update(`${canonicalText(change)}\n`);
  for await (const row of spool.rows()) digest.update(`${canonicalText(row)}\n`);
  return digest.digest('hex');
}

async function reportedTrail({ audit, centralHeads }: ReportSources, change: BulkChange): Promise<ReportedTrail> {
  const countersigned = (await centralHeads?.()) ?? [];
  // Other providers' chains are no business of whoever is handed this report.
  const ofProvider = ({ chain }: ChainHead): boolean => chain.endsWith(`:${change.providerUid}`);
  return {
    entries: await audit.count({ change: change.uid }),
    verification: await audit.verify(countersigned),
    comparedWithCentral: countersigned.length > 0,
    heads: (await audit.heads()).filter(ofProvider),
  };
}
