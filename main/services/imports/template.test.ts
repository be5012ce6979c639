import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AS_FOUND } from '../../../shared/contract/imports';
import { changeTypeSchema } from '../../../shared/domain/change';
import { parseIccid } from '../../../shared/domain/iccid';
import { parseImei } from '../../../shared/domain/imei';
import { parseMdn } from '../../../shared/domain/mdn';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror, PROVIDER_UID } from '../../../test/support/mirror';
import { previewFile } from './preview';
import { writeTemplate } from './template';
import { templateOf } from './template.rules';

let dir: string;
let db: TestDb;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'template-'));
  db = await openTestDb();
  await fillMirror(db, []);
});
afterAll(async () => {
  await db.close();
  await rm(dir, { recursive: true });
});

describe.each(changeTypeSchema.options)('the template for %s', (changeType) => {
  it.each(['csv', 'xlsx'] as const)('is a list as %s that is imported without a question', async (format) => {
    const file = join(dir, `template.${format}`);
    const { rows } = await writeTemplate(changeType, format, file);
    expect(rows).toBe(2);
    const preview = await previewFile(db.read, {
      ...{ file, sourceName: `template.${format}`, providerUid: PROVIDER_UID, changeType: null },
      ...{ look: AS_FOUND, map: [] },
    });
    expect(preview).toMatchObject({ format, needsMapping: false, problem: null, changeType });
    expect(preview.head[1]?.cells).toContain('2025550143');
  });

  it('has examples that the rules take for right', () => {
    const { columns, examples } = templateOf(changeType);
    for (const [index, { heading }] of columns.entries()) {
      const cell = examples[0]?.[index] ?? '';
      if (heading.endsWith('ICCID')) expect(parseIccid(cell).ok).toBe(true);
      if (heading.endsWith('IMEI')) expect(parseImei(cell).ok).toBe(true);
      if (heading === 'MDN') expect(parseMdn(cell).ok).toBe(true);
    }
  });
});

it('says why it could not be written', async () => {
  await expect(writeTemplate('ChangeICCID', 'csv', join(dir, 'nowhere', 'template.csv'))).rejects.toMatchObject({
    story: { code: 'template-not-written' },
  });
  await expect(readFile(join(dir, 'nowhere', 'template.csv'))).rejects.toThrow();
});
