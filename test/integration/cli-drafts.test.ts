import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iccid } from '../support/import-here';
import { newDesk, newFolder, type Desk } from '../support/cli';

const ENVIRONMENT = {
  SWAPDESK_USER: 'chief',
  SWAPDESK_PASSWORD: 'correct-horse-battery',
  SWAPDESK_CREDENTIALS: 'memory',
};

interface Counts {
  readonly valid: number;
  readonly warning: number;
  readonly error: number;
  readonly excluded: number;
}
interface Moved {
  readonly draftId: number;
  readonly done: string;
  readonly moved: number;
  readonly counts: Counts;
}

/** The work with a draft, from a script; nothing is sent. */
describe('the commands of drafts', () => {
  const folder = newFolder('drafts');
  let desk: Desk;
  let id = '';

  beforeAll(async () => {
    desk = newDesk(ENVIRONMENT);
    await desk.run(['central', 'init', '--url', 'embedded', '--json']);
    const provider = ['--account', '0000123456-00001', '--base-url', 'https://thingspace.verizon.com'];
    await desk.run(['provider', 'add', '--name', 'Acme', ...provider, '--json']);
    const lines = [1, 2, 3, 4].map((line) => `${iccid(line)},512555000${line},active`);
    const file = join(folder, 'lines.csv');
    writeFileSync(file, ['iccid,mdn,status', ...lines].join('\n'));
    expect((await desk.run(['devices', 'load', file, '--provider', 'Acme', '--json'])).code).toBe(0);
    const list = join(folder, 'list.csv');
    const rows = [
      [iccid(1), iccid(101)],
      [iccid(2), '8914'],
      [iccid(3), iccid(3)],
      [iccid(4), '1234567890123456789'],
    ];
    writeFileSync(list, ['Old ICCID,New ICCID', ...rows.map((row) => row.join(','))].join('\n'));
    const imported = await desk.run(['import', list, '--provider', 'Acme', '--json']);
    id = String(imported.json<{ draftId: number }>().draftId);
  });
  afterAll(() => desk.dispose());

  const draft = async <T = Moved>(...words: string[]): Promise<T> => {
    const ended = await desk.run(['draft', ...words, '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    return ended.json<T>();
  };
  const refusal = async (...words: string[]) => {
    const ended = await desk.run(['draft', ...words, '--json']);
    return [ended.code, ended.json<{ error: { code: string } }>().error.code];
  };

  it('show rows of any filter, in any order', async () => {
    const shown = await draft<{ total: number; rows: { row: number }[] }>(
      'show',
      id,
      '--sort',
      'newIccid:desc',
      '--limit',
      '2',
    );
    expect([shown.total, shown.rows.length]).toEqual([4, 2]);
    const wrong = await draft<{ rows: { row: number }[] }>('show', id, '--finding', 'iccid-length');
    expect(wrong.rows.map(({ row }) => row)).toEqual([2]);
  });

  it('correct a cell, mend one finding, and take responsibility for another', async () => {
    expect(await draft('edit', id, '2', `newIccid=${iccid(102)}`)).toMatchObject({ moved: 1, counts: { valid: 2 } });
    const preview = await draft<{ fixable: number; counts: Counts }>('fix', id, 'nothing-to-do', '--preview');
    expect(preview).toMatchObject({ fixable: 1, counts: { excluded: 0 } });
    expect(await draft('fix', id, 'nothing-to-do')).toMatchObject({ counts: { valid: 2, excluded: 1 } });
    expect(await draft('override', id, 'iccid-prefix', '--reason', 'read from the card')).toMatchObject({
      done: 'iccid-prefix accepted in 1 row',
    });
  });

  it('leave rows out, and take that back', async () => {
    expect(await draft('exclude', id, '--row', '4')).toMatchObject({ counts: { valid: 2, excluded: 2 } });
    expect(await refusal('exclude', id)).toEqual([2, 'argument-refused']);
    expect(await draft('undo', id)).toMatchObject({ done: 'taken back: 1 row left out', counts: { excluded: 1 } });
    expect(await draft('redo', id)).toMatchObject({ done: 'done again: 1 row left out', counts: { excluded: 2 } });
    expect(await draft('include', id, '--row', '4')).toMatchObject({ counts: { excluded: 1 } });
  });

  it('copy, check again, rename and delete', async () => {
    const { id: draftId } = await draft<{ id: number }>('copy', id, 'second try');
    expect(draftId).not.toBe(Number(id));
    expect(await draft<{ checked: number }>('recheck', String(draftId))).toMatchObject({ moved: 0 });
    await draft('rename', String(draftId), 'third try');
    const { drafts } = await draft<{ drafts: { id: number; name: string }[] }>('list');
    expect(drafts.map(({ name }) => name)).toEqual(['third try', 'list.csv']);
    expect(await draft('delete', String(draftId))).toMatchObject({ deleted: true });
    expect(await refusal('show', String(draftId))).toEqual([2, 'draft-unknown']);
  });

  it('export what is wrong and take it back corrected', async () => {
    await draft('exclude', id, '--row', '1');
    await draft('edit', id, '2', 'newIccid=8914');
    const out = join(folder, 'problems.csv');
    expect(await draft<{ rows: number }>('export', id, '--only', 'error', '--out', out)).toMatchObject({ rows: 1 });
    const back = (await desk.run(['import', out, '--provider', 'Acme', '--json'])).json<{ draftId: number }>();
    expect(back).toMatchObject({ draftId: Number(id), replaced: 1 });
  });

  it('hand a draft over, and take it', async () => {
    await draft('share', id, '--note', 'the rest is in box 7');
    expect(await refusal('show', id)).toEqual([2, 'draft-unknown']);
    const { shared } = await draft<{ shared: { uid: string; note: string }[] }>('list', '--shared');
    expect(shared).toMatchObject([{ note: 'the rest is in box 7' }]);
    const taken = await draft<{ id: number }>('take', shared[0]?.uid ?? '');
    expect(taken.id).toBeGreaterThan(0);
  });
});
