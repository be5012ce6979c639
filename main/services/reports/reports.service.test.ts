import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import papaparse from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleChange, exampleRow } from '../../../test/support/report-change';
import { canonicalText } from '../../lib/canonical';
import { withoutTextMark } from '../../lib/csv-cells';
import { silentLog } from '../../lib/logger';
import type { DeviceChangeRow } from '../changes/types';
import { createReportsService, type ReportDocument, type ReportsService } from '.';
import type { ReportsServiceDeps } from './reports.service';

const NOW = '2026-11-24T05:00:00.000Z';
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swapdesk-reports-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function serviceFor(rows: readonly DeviceChangeRow[], more: Partial<ReportsServiceDeps> = {}): ReportsService {
  const change = exampleChange(rows);
  return createReportsService({
    changes: {
      get: async () => change,
      rows: async (_id, { limit, offset }) => ({ total: rows.length, rows: rows.slice(offset, offset + limit) }),
    },
    audit: {
      count: async () => 96,
      verify: async () => ({ ok: true, entries: 1_204, chains: 2, partialChains: 0 }),
      heads: async () => [
        { chain: `desktop:d:u:${change.providerUid}`, seq: 1_200, hash: 'ab'.repeat(32) },
        { chain: 'desktop:d:u:another-provider', seq: 4, hash: 'cd'.repeat(32) },
      ],
    },
    centralHeads: async () => [],
    clock: { now: () => Date.parse(NOW) },
    log: silentLog,
    ...more,
  });
}
const examples = (count: number): DeviceChangeRow[] =>
  Array.from({ length: count }, (_, index) => exampleRow(index + 1));

async function asJson(service: ReportsService): Promise<ReportDocument> {
  const file = join(dir, 'report.json');
  await service.write('4711', 'json', file);
  return JSON.parse(await readFile(file, 'utf8')) as ReportDocument;
}

describe('JSON', () => {
  it('says what was changed, by whom, with which proof, and what is left to do', async () => {
    const document = await asJson(serviceFor(examples(40)));
    expect(Object.keys(document)).toEqual([
      'format',
      'generatedAt',
      'verifyingCode',
      'change',
      'totals',
      'audit',
      'rows',
    ]);
    expect(document.format).toEqual({ name: 'swapdesk-report', version: 1 });
    expect(document.change).toMatchObject({
      id: 4711,
      provider: { name: 'Müller Telematik · Verizon prod' },
      status: 'processed_with_errors',
      rows: 40,
    });
    expect(document.totals).toEqual({
      byStatus: { processed: 36, error: 1, unknown: 1, conflict: 1, cancelled: 1 },
      needsPerson: 1,
    });
    expect(document.audit).toMatchObject({ entries: 96, comparedWithCentral: false, verification: { ok: true } });
    expect(document.audit.heads.map(({ seq }) => seq)).toEqual([1_200]);
    expect(document.rows[6]).toMatchObject({
      row: 7,
      old: { iccid: '89148000084259000007' },
      statusInWords: 'Not changed: refused',
      error: {
        code: 'REQUEST_FAILED.DeviceAlreadyActive',
        nextStep: 'Deactivate and remove it at the carrier, or choose another one.',
      },
    });
  });

  it('carries a code over the change and every row, which anybody can compute', async () => {
    const document = await asJson(serviceFor(examples(1_203)));
    const lines = [document.change, ...document.rows].map((part) => `${canonicalText(part)}\n`).join('');
    expect(document.verifyingCode).toBe(createHash('sha256').update(lines).digest('hex'));
    expect(document.rows).toHaveLength(1_203);
  });

  it('has the same code in every format and at every time, and another one for another outcome', async () => {
    const service = serviceFor(examples(20));
    const later = serviceFor(examples(20), { clock: { now: () => 0 } });
    const codes = [
      (await service.write('4711', 'json', join(dir, 'a'))).verifyingCode,
      (await service.write('4711', 'csv', join(dir, 'b'))).verifyingCode,
      (await later.write('4711', 'pdf', join(dir, 'c'))).verifyingCode,
    ];
    expect(new Set(codes).size).toBe(1);
    const other = serviceFor([...examples(19), { ...exampleRow(20), attempts: 9 }]);
    expect((await other.write('4711', 'csv', join(dir, 'd'))).verifyingCode).not.toBe(codes[0]);
  });

  it('compares with what the central database countersigned, where it can be asked', async () => {
    const asked: unknown[] = [];
    const heads = [{ chain: 'c', seq: 1, hash: 'e'.repeat(64) }];
    const service = serviceFor(examples(1), {
      centralHeads: async () => heads,
      audit: {
        count: async () => 0,
        heads: async () => [],
        verify: async (given) => {
          asked.push(given);
          return { ok: false, entries: 3, chain: 'c', seq: 4, problem: 'cut', detail: 'the chain ends at entry 3' };
        },
      },
    });
    expect((await asJson(service)).audit).toMatchObject({ comparedWithCentral: true, verification: { ok: false } });
    expect(asked).toEqual([heads]);
    expect((await asJson(serviceFor(examples(1)))).audit.comparedWithCentral).toBe(false);
  });

  it('keeps texts with separators of lines in one piece', async () => {
    const row: DeviceChangeRow = {
      ...exampleRow(1),
      error: { class: 'system', code: 'x', message: 'a\u2028b\u2029c\nd', correlationId: '' },
    };
    expect((await asJson(serviceFor([row]))).rows[0]?.error?.message).toBe('a\u2028b\u2029c\nd');
  });

  it('of a change without rows is a report without rows', async () => {
    expect(await asJson(serviceFor([]))).toMatchObject({ rows: [], totals: { byStatus: {}, needsPerson: 0 } });
  });
});

describe('CSV', () => {
  it('keeps every digit in a spreadsheet, opens no formula, and reads back as it was', async () => {
    const evil: DeviceChangeRow = {
      ...exampleRow(3),
      error: { class: 'system', code: '+1', message: '=HYPERLINK("http://x",\n"y")', correlationId: '\t@x' },
    };
    const rows = [...examples(2), evil];
    const file = join(dir, 'report.csv');
    const written = await serviceFor(rows).write('4711', 'csv', file);
    const bytes = await readFile(file);
    expect(written).toMatchObject({ file, rows: 3, sha256: createHash('sha256').update(bytes).digest('hex') });
    const { data } = papaparse.parse<Record<string, string>>(bytes.toString('utf8').slice(1), {
      header: true,
      skipEmptyLines: true,
    });
    expect(data[0]).toMatchObject({ oldIccid: "'89148000084259000001", oldImei: "'351756051500001", newImei: '' });
    expect(data[2]?.['errorMessage']).toBe(`'=HYPERLINK("http://x",\n"y")`);
    for (const [index, row] of data.entries()) {
      const read = (column: string): string => withoutTextMark(row[column] ?? '');
      expect(read('oldIccid')).toBe(rows[index]?.old.iccid);
      expect(read('newIccid')).toBe(rows[index]?.new.iccid);
      expect(read('errorMessage')).toBe(rows[index]?.error?.message ?? '');
      expect(read('correlationId')).toBe(rows[index]?.error?.correlationId ?? '');
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[\s\0]*[=+\-@\t\r\n\0＝＋－＠]/);
    }
  });
});

describe('a place where no report can be', () => {
  it.each(['pdf', 'csv', 'json'] as const)('is named in plain words (%s)', async (format) => {
    const place = join(dir, 'no such folder', 'report');
    await expect(serviceFor(examples(1)).write('4711', format, place)).rejects.toMatchObject({
      kind: 'failed',
      code: 'report-not-written',
      story: { where: place, why: 'the folder does not exist' },
    });
  });

  it('leaves the older report, and nothing half-written', async () => {
    const file = join(dir, 'kept.json');
    await writeFile(file, 'older');
    const failing = serviceFor(examples(1), {
      audit: {
        count: async () => 0,
        heads: async () => [],
        verify: async () => Promise.reject(new Error('the database is away')),
      },
    });
    await expect(failing.write('4711', 'json', file)).rejects.toThrow('the database is away');
    expect(await readFile(file, 'utf8')).toBe('older');
    expect((await readdir(dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
