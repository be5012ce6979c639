import { workFailed } from '../../../shared/domain/fault';
import { assertNever } from '../../../shared/domain/result';
import { explainOutputFault, writeAtomically, type WriteChunk } from '../../lib/atomic-output';
import type { Log } from '../../lib/logger';
import { gatherReport, type GatheredReport, type ReportSources } from './gather';
import type { PaperSize } from './pdf/geometry';
import type { ReportFormat, ReportsService } from './types';
import { writeCsvReport } from './write-csv';
import { writeJsonReport } from './write-json';

export interface ReportsServiceDeps extends ReportSources {
  readonly log: Log;
  /** Landscape. Default: Letter, as the carrier's customers print. */
  readonly paper?: PaperSize;
}

/** What a bulk change did, for the customer and the auditor: the same facts as JSON, as a table, and on paper. */
export function createReportsService(deps: ReportsServiceDeps): ReportsService {
  return {
    async write(change, format, outFile) {
      let report: GatheredReport | null = null;
      try {
        const gathered = await gatherReport(deps, change);
        report = gathered;
        const { sha256 } = await writeAtomically(outFile, (write) => writeAs(format, gathered, write, deps));
        const { rows, uid } = gathered.head.change;
        deps.log.info('report written', { change: uid, format, rows, sha256 });
        return { file: outFile, rows, sha256, verifyingCode: gathered.head.verifyingCode };
      } catch (error) {
        const reason = explainOutputFault(error);
        if (reason === null) throw error;
        const story = {
          code: 'report-not-written',
          what: 'The report could not be written',
          where: outFile,
          ...reason,
        };
        throw workFailed(story, error);
      } finally {
        await report?.spool.remove();
      }
    },
  };
}

async function writeAs(
  format: ReportFormat,
  report: GatheredReport,
  write: WriteChunk,
  { paper = 'Letter' }: ReportsServiceDeps,
): Promise<void> {
  switch (format) {
    case 'json':
      return writeJsonReport(report, write);
    case 'csv':
      return writeCsvReport(report, write);
    case 'pdf': {
      // Loading the drawing library takes a quarter of a second, and most runs of the program draw nothing.
      const { writePdfReport } = await import('./pdf/write-pdf');
      return writePdfReport(report, write, paper);
    }
    default:
      return assertNever(format);
  }
}
