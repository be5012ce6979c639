import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleChange, exampleRow } from '../../../../test/support/report-change';
import { silentLog } from '../../../lib/logger';
import type { VerifyResult } from '../../audit/types';
import type { BulkChange, DeviceChangeRow } from '../../changes/types';
import { createReportsService } from '..';
import { wrapText } from './canvas';
import type { PaperSize } from './geometry';
import { skipBecause } from '../../../../test/support/skip';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swapdesk-pdf-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Example {
  readonly rows?: readonly DeviceChangeRow[];
  readonly change?: Partial<BulkChange>;
  readonly verification?: VerifyResult;
  readonly paper?: PaperSize;
}

async function write({ rows = [], change, verification, paper }: Example): Promise<string> {
  const file = join(dir, 'report.pdf');
  const reported = { ...exampleChange(rows), ...change };
  const service = createReportsService({
    changes: {
      get: async () => reported,
      rows: async (_id, { limit, offset }) => ({ total: rows.length, rows: rows.slice(offset, offset + limit) }),
    },
    audit: {
      count: async () => 96,
      verify: async () => verification ?? { ok: true, entries: 1_204, chains: 2, partialChains: 0 },
      heads: async () => [{ chain: `desktop:d:u:${reported.providerUid}`, seq: 1_200, hash: '12345678'.repeat(8) }],
    },
    centralHeads: async () => [],
    clock: { now: () => Date.parse('2026-11-24T05:00:00Z') },
    log: silentLog,
    ...(paper === undefined ? {} : { paper }),
  });
  await service.write('4711', 'pdf', file);
  return file;
}
const examples = (count: number): DeviceChangeRow[] =>
  Array.from({ length: count }, (_, index) => exampleRow(index + 1));

const hasPoppler = spawnSync('pdftotext', ['-v']).error === undefined;
const read = (file: string): string => execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
const inOneLine = (text: string): string => text.replace(/\s+/g, ' ');

it('is a PDF of its own: fonts inside, no link to anywhere', async () => {
  const bytes = await readFile(await write({ rows: examples(3) }));
  const raw = bytes.toString('latin1');
  expect(raw.startsWith('%PDF-1.7')).toBe(true);
  expect(raw.trimEnd().endsWith('%%EOF')).toBe(true);
  expect(raw.match(/\/FontFile2/g)).toHaveLength(4);
  expect(raw).not.toMatch(/\/URI|\/JavaScript|\/Launch/);
});

describe('read back with pdftotext (of poppler-utils)', () => {
  beforeEach(skipBecause(hasPoppler ? null : 'pdftotext is not installed (poppler-utils)'));

  it('gives plain digits, whoever copies them', async () => {
    const text = read(await write({ rows: examples(9) }));
    expect(inOneLine(text)).toContain('1 5125550001 ICCID 89148000084259000001 → 89148000091002300001 ✓ Changed');
    expect(inOneLine(text)).toContain('IMEI 351756051500002 → 352756051500002');
    expect(text).toContain('12345678'.repeat(8));
    expect(text).toContain('3f'.repeat(32));
  });

  it('keeps the letters of names, and says which it can not draw', async () => {
    const change = { name: 'Łódź, Müller, Ηλέκτρα, Борис, Việt', createdBy: '中村' };
    const text = read(await write({ rows: examples(1), change }));
    expect(text).toContain('Łódź, Müller, Ηλέκτρα, Борис, Việt');
    expect(text).toContain('U+4E2DU+6751');
  });

  it('counts its pages, and heads the table on each of them', async () => {
    const text = read(await write({ rows: examples(120) }));
    const pages = text.split('\f').filter((page) => page.trim() !== '');
    expect(pages.length).toBeGreaterThan(8);
    for (const [index, page] of pages.entries()) {
      expect(page).toContain(`Page ${index + 1} of ${pages.length}`);
      expect(inOneLine(page)).toContain('Row Line Old → new Status Outcome and proof');
    }
    for (let row = 1; row <= 120; row += 1) expect(text).toContain(`line ${48_000 + row}`);
  });

  it('says why a row failed, and what to do next', async () => {
    const text = inOneLine(read(await write({ rows: [exampleRow(7), exampleRow(17), exampleRow(27)] })));
    expect(text).toContain('✗ Not changed: refused');
    expect(text).toContain('REQUEST_FAILED.DeviceAlreadyActive');
    expect(text).toContain('Next: Deactivate and remove it at the carrier, or choose another one.');
    expect(text).toContain('? Outcome unknown,');
    expect(text).toContain('Not decided yet');
    expect(text).toContain('≠ Conflict, needs a');
  });

  it('does not hide that the change goes on, or that the trail is not sound', async () => {
    const verification = {
      ok: false,
      entries: 3,
      chain: 'c:p',
      seq: 4,
      problem: 'cut',
      detail: 'it ends at 3',
    } as const;
    const change = { endedAt: null, startedAt: null };
    const text = inOneLine(read(await write({ rows: examples(1), change, verification })));
    expect(text).toContain('Interim report');
    expect(text).toContain('not ended yet');
    expect(text).toContain('✗ Not sound: entry 4 of chain c:p is cut: it ends at 3.');
  });

  it('takes a change without rows, A4, and texts without an end', async () => {
    expect(read(await write({ paper: 'A4' }))).toContain('This change has no rows.');
    const error = { class: 'system' as const, code: 'x', message: 'word '.repeat(3_000), correlationId: 'y' };
    const long = { ...exampleRow(1), error };
    const text = read(await write({ rows: [long, exampleRow(2)], change: { name: 'n'.repeat(400) } }));
    expect(text).toContain('the whole text is in the JSON report');
    expect(text).toContain('line 48002');
  });
});

it('breaks texts at blanks and inside what is longer than a line, and loses nothing', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.integer({ min: 1, max: 12 }), (text, widthPt) => {
      const lines = wrapText(text, widthPt, (part) => part.length);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(widthPt, 2));
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replace(/\s+/g, ''));
    }),
  );
});
