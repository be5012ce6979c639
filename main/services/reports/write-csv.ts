import papaparse from 'papaparse';
import type { WriteChunk } from '../../lib/atomic-output';
import { BYTE_ORDER_MARK, NEEDS_TEXT_MARK } from '../../lib/csv-cells';
import type { GatheredReport } from './gather';
import type { ReportRow, ReportedChange } from './report';

type Cell = string | number | boolean | null;

/** The identifiers' headings are those that an import recognises, so that a report can be imported again. */
const COLUMNS: Readonly<Record<string, (row: ReportRow, change: ReportedChange) => Cell>> = {
  row: ({ row }) => row,
  deviceId: ({ deviceId }) => deviceId,
  mdn: ({ mdn }) => mdn,
  oldIccid: (row) => row.old.iccid ?? null,
  newIccid: (row) => row.new.iccid ?? null,
  oldImei: (row) => row.old.imei ?? null,
  newImei: (row) => row.new.imei ?? null,
  status: ({ status }) => status,
  statusInWords: ({ statusInWords }) => statusInWords,
  needsPerson: ({ needsPerson }) => needsPerson,
  requestId: ({ requestId }) => requestId,
  attempts: ({ attempts }) => attempts,
  outcome: ({ disposition }) => disposition?.outcome ?? null,
  proof: ({ disposition }) => disposition?.proof ?? null,
  proofDetail: ({ disposition }) => disposition?.detail ?? null,
  resolvedBy: ({ disposition }) => disposition?.by ?? null,
  resolvedAt: ({ disposition }) => disposition?.at ?? null,
  errorClass: ({ error }) => error?.class ?? null,
  errorCode: ({ error }) => error?.code ?? null,
  errorMessage: ({ error }) => error?.message ?? null,
  nextStep: ({ error }) => error?.nextStep ?? null,
  correlationId: ({ error }) => error?.correlationId ?? null,
  rowUid: ({ uid }) => uid,
  change: (_row, change) => change.uid,
  changeType: (_row, change) => change.changeType,
  provider: (_row, change) => change.provider.name,
};

export async function writeCsvReport({ head, spool }: GatheredReport, write: WriteChunk): Promise<void> {
  await write(`${BYTE_ORDER_MARK}${Object.keys(COLUMNS).join(',')}\r\n`);
  for await (const row of spool.rows()) {
    const cells = Object.values(COLUMNS).map((read) => read(row, head.change));
    await write(`${papaparse.unparse([cells], { newline: '\r\n', escapeFormulae: NEEDS_TEXT_MARK })}\r\n`);
  }
}
