import papaparse from 'papaparse';
import { workFailed } from '../../../shared/domain/fault';
import { explainOutputFault, writeAtomically } from '../../lib/atomic-output';
import { BYTE_ORDER_MARK } from '../../lib/csv-cells';
import { writeWorkbook, type SheetCell } from '../../lib/xlsx-writer';
import { templateOf, type Template } from './template.rules';
import type { ImportsService } from './types';

/** See `ImportsService`. */
export const writeTemplate: ImportsService['writeTemplate'] = async (changeType, format, file) => {
  const template = templateOf(changeType);
  try {
    const { sha256 } = await writeAtomically(file, (write) =>
      format === 'csv'
        ? write(csvOf(template))
        : writeWorkbook('Swaps', template.columns, exampleRows(template), write),
    );
    return { file, rows: template.examples.length, sha256 };
  } catch (error) {
    const reason = explainOutputFault(error);
    if (reason === null) throw error;
    const story = { code: 'template-not-written', what: 'The template could not be written', where: file, ...reason };
    throw workFailed(story, error);
  }
};

function csvOf({ columns, examples }: Template): string {
  const rows = [columns.map(({ heading }) => heading), ...examples.map((cells) => [...cells])];
  return `${BYTE_ORDER_MARK}${papaparse.unparse(rows, { newline: '\r\n' })}\r\n`;
}

async function* exampleRows({ examples }: Template): AsyncGenerator<readonly SheetCell[], void> {
  for (const cells of examples) yield cells.map((text) => ({ text, tone: 'quiet' }));
}
