import type { WriteChunk } from '../../lib/atomic-output';
import { REPORT_NAME, REPORT_VERSION } from './report';
import type { GatheredReport } from './gather';

export async function writeJsonReport({ head, spool }: GatheredReport, write: WriteChunk): Promise<void> {
  const { generatedAt, verifyingCode, change, totals, audit } = head;
  const format = { name: REPORT_NAME, version: REPORT_VERSION };
  const top = JSON.stringify({ format, generatedAt, verifyingCode, change, totals, audit });
  await write(`${top.slice(0, -1)},"rows":[`);
  let separator = '\n';
  for await (const row of spool.rows()) {
    await write(`${separator}${JSON.stringify(row)}`);
    separator = ',\n';
  }
  await write('\n]}\n');
}
