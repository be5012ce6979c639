import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AS_FOUND, type MappedColumn } from '../../../shared/contract/imports';
import { iccid, imei, lines } from '../../../test/support/import-here';
import { buildWorker, type BuiltWorker } from '../../../test/support/built-worker';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror, PROVIDER_UID } from '../../../test/support/mirror';
import { textRows, workbook } from '../../../test/support/workbook';
import { systemClock } from '../../lib/clock';
import { systemIds } from '../../lib/ids';
import { silentLog } from '../../lib/logger';
import { createImportsService, type PreviewRequest } from './index';

let worker: BuiltWorker;
let db: TestDb;
let imports: ReturnType<typeof createImportsService>;

beforeAll(async () => {
  worker = await buildWorker('import-worker');
}, 30_000);
afterAll(() => worker.remove());
beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, lines(20));
  imports = createImportsService({
    local: db,
    workerUrl: worker.url,
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  });
});
afterEach(async () => {
  await imports.close();
  await db.close();
});

async function request(content: string | Uint8Array, more: Partial<PreviewRequest> = {}): Promise<PreviewRequest> {
  const file = join(db.dir, 'list');
  await writeFile(file, content);
  return {
    file,
    sourceName: 'list.csv',
    providerUid: PROVIDER_UID,
    changeType: null,
    look: AS_FOUND,
    map: [],
    ...more,
  };
}
const preview = async (content: string | Uint8Array, more: Partial<PreviewRequest> = {}) =>
  imports.preview(await request(content, more));
const start = async (content: string | Uint8Array, map: readonly MappedColumn[] = [], by = 'olivia') =>
  imports.importFile({ ...(await request(content, { map })), continueDraftId: null, createdBy: by });
const fieldsOf = ({ columns }: Awaited<ReturnType<typeof preview>>) =>
  columns.map(({ field, confidence, why }) => [field, confidence, why]);

const ROW = `${iccid(1)},${iccid(101)}`;

describe('a look at a file', () => {
  test('says how it is read, and asks nothing when every heading is known', async () => {
    const seen = await preview(`Current ICCID;New SIM\n${ROW.replace(',', ';')}\n`);
    expect(seen).toMatchObject({ format: 'csv', encoding: 'utf-8', delimiter: ';', headingRow: 1 });
    expect(seen).toMatchObject({ changeType: 'ChangeICCID', problem: null, needsMapping: false });
    expect(fieldsOf(seen)).toEqual([
      ['oldIccid', 1, 'heading'],
      ['newIccid', 1, 'heading'],
    ]);
    expect(seen.columns[1]?.samples).toEqual([iccid(101)]);
    expect(await db.read.raw('select id from draft')).toEqual([]);
  });

  test.each([
    ['Alte SIM-Karte,Neue SIM-Karte', 'German'],
    ['Tarjeta SIM actual,Nueva tarjeta SIM', 'Spanish'],
    ['Ancienne carte SIM,Nouvelle carte SIM', 'French'],
    ['Cartão SIM antigo,Novo cartão SIM', 'Portuguese'],
    ['Vecchia SIM,Nuova SIM', 'Italian'],
  ])('knows the headings %s (%s)', async (headings) => {
    const seen = await preview(`${headings}\n${ROW}\n`);
    expect(seen.columns.map(({ field }) => field)).toEqual(['oldIccid', 'newIccid']);
    expect(seen.needsMapping).toBe(false);
  });

  test('takes a slip of the fingers when the cells agree, and asks when they do not', async () => {
    expect(fieldsOf(await preview(`Curent ICCID,Replacment ICCID\n${ROW}\n`))).toEqual([
      ['oldIccid', 0.9, 'similar'],
      ['newIccid', 0.9, 'similar'],
    ]);
    const unlike = await preview(`Curent ICCID,New ICCID\nx,${iccid(101)}\n`);
    expect(unlike.columns[0]).toMatchObject({ field: 'oldIccid', confidence: 0.6 });
    expect(unlike).toMatchObject({
      needsMapping: true,
      problem: expect.stringContaining('no column for the line') as string,
    });
  });

  test('guesses from the cells where headings say nothing, and never takes a guess unasked', async () => {
    const guessed = await preview(`A,B,C\n${iccid(1)},${iccid(101)},${imei(1)}\n`);
    expect(fieldsOf(guessed)).toEqual([
      ['oldIccid', 0.5, 'content'],
      ['newIccid', 0.5, 'content'],
      ['newImei', 0.5, 'content'],
    ]);
    expect(guessed.needsMapping).toBe(true);
    await expect(start(`A,B,C\n${iccid(1)},${iccid(101)},\n`)).rejects.toThrow(/"A" \(perhaps oldIccid\)/);
  });

  test('sees that a list has no headings, or is told so', async () => {
    const seen = await preview(`${ROW}\n${iccid(2)},${iccid(102)}\n`);
    expect(seen.headingRow).toBe(0);
    expect(seen.columns.map(({ heading }) => heading)).toEqual(['Column 1', 'Column 2']);
    const map = [
      { column: 0, field: 'oldIccid' },
      { column: 1, field: 'newIccid' },
    ] as const;
    expect(await start(`${ROW}\n${iccid(2)},${iccid(102)}\n`, map)).toMatchObject({ rows: 2, valid: 2 });
    const told = await preview(`note\nOld ICCID,New ICCID\n${ROW}\n`, { look: { ...AS_FOUND, headingRow: 2 } });
    expect(told.needsMapping).toBe(false);
  });

  test('names the sheets of a workbook, and shows its first rows', async () => {
    const rows = textRows([
      ['Old ICCID', 'New ICCID'],
      [iccid(1), iccid(101)],
    ]);
    const sheets = '<sheet name="A" r:id="rId1"/><sheet name="B" state="veryHidden" r:id="rId2"/>';
    const seen = await preview(workbook({ rows, sheets }));
    expect(seen.sheets).toEqual([
      { name: 'A', hidden: false },
      { name: 'B', hidden: true },
    ]);
    expect(seen.head).toEqual([
      { row: 1, cells: ['Old ICCID', 'New ICCID'] },
      { row: 2, cells: [iccid(1), iccid(101)] },
    ]);
  });

  test('lets the person choose another encoding, and shows what each would make of the file', async () => {
    const bytes = Buffer.from(`Old ICCID,New ICCID,Note\n${ROW},Küche\n`, 'latin1');
    const seen = await preview(bytes);
    expect(seen.encoding).toBe('windows-1252');
    expect(seen.encodings.find(({ encoding }) => encoding === 'iso-8859-1')?.sample).toContain('Küche');
    const chosen = await preview(bytes, { look: { ...AS_FOUND, encoding: 'utf-8' } });
    expect(chosen.columns[2]?.samples).toEqual(['K\ufffdche']);
  });
});

describe('what is remembered', () => {
  const STRANGE = `Alt,Neu,Ort\n${ROW},Depot\n`;
  const MAP: readonly MappedColumn[] = [
    { column: 'Alt', field: 'oldIccid' },
    { column: 'Neu', field: 'newIccid' },
    { column: 2, field: null },
  ];

  test('a mapping, for the next file with these headings in any order', async () => {
    expect((await preview(STRANGE)).needsMapping).toBe(true);
    const first = await start(STRANGE, MAP);
    expect(first.reading.savedMapping).toBeNull();
    const next = `Ort,Neu,Alt\nDepot,${iccid(102)},${iccid(2)}\n`;
    const seen = await preview(next);
    expect(seen).toMatchObject({ needsMapping: false, problem: null, savedMapping: { by: 'olivia' } });
    expect(fieldsOf(seen)).toEqual([
      [null, 1, 'saved'],
      ['newIccid', 1, 'saved'],
      ['oldIccid', 1, 'saved'],
    ]);
    expect(await start(next)).toMatchObject({ rows: 1, valid: 1, reading: { savedMapping: { by: 'olivia' } } });
  });

  test('a mapping belongs to its provider, and the latest one counts', async () => {
    await start(STRANGE, MAP);
    expect((await preview(STRANGE, { providerUid: 'other' })).savedMapping).toBeNull();
    await start(
      STRANGE,
      MAP.map((one) => (one.field === null ? { column: 'Ort', field: 'note' } : one)),
      'paul',
    );
    expect(await preview(STRANGE)).toMatchObject({
      savedMapping: { by: 'paul' },
      columns: [{}, {}, { field: 'note' }],
    });
  });

  test('the content of a file, for a notice when it comes again', async () => {
    const text = `Old ICCID,New ICCID\n${ROW}\n`;
    expect((await preview(text)).sameContent).toEqual([]);
    const first = await start(text);
    expect(first.reading.sameContent).toEqual([]);
    expect((await preview(text)).sameContent).toMatchObject([{ kind: 'draft', id: first.draftId, by: 'olivia' }]);
    const second = await start(text, [], 'paul');
    expect(second.reading.sameContent).toMatchObject([{ kind: 'draft', id: first.draftId }]);
    // Submitted, the draft is gone; the change that came of it is told of.
    await db.write(async (trx) => {
      await trx.raw(
        `insert into bulk_change (uid, name, provider_uid, provider_name, portal, change_type, row_count, plan_hash, created_at,
           created_by, draft_uid)
         values ('change-1', 'list.csv', ?, 'Acme', 'm2m', 'ChangeICCID', 1, '', 1, 'paul', ?)`,
        [PROVIDER_UID, first.uid],
      );
      await trx.raw(`delete from draft_row where draft_id = ?`, [first.draftId]);
      await trx.raw(`delete from draft where id = ?`, [first.draftId]);
    });
    expect((await preview(text)).sameContent).toMatchObject([
      { kind: 'draft', id: second.draftId },
      { kind: 'change', name: 'list.csv', by: 'paul' },
    ]);
    expect((await preview(text, { providerUid: 'other' })).sameContent).toEqual([]);
    expect((await preview(`${text}\n`)).sameContent).toEqual([]);
  });
});
