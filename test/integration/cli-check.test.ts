import { readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iccid } from '../support/import-here';
import { newDesk, newFolder, type Desk } from '../support/cli';

/** A computer on which nobody has ever signed in, and which reaches nothing. */
describe('checking a list without signing in', () => {
  const folder = newFolder('check');
  let desk: Desk;
  beforeAll(() => {
    desk = newDesk();
  });
  afterAll(() => desk.dispose());

  const file = join(folder, 'list.csv');
  const left = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('swapdesk-check-'));

  it('tells every problem of its form and of the list itself, and keeps nothing', async () => {
    const before = left();
    const rows = [
      `${iccid(1)},${iccid(101)}`,
      `${iccid(2)},8.91E+19`,
      `${iccid(3)},${iccid(101)}`,
      `${iccid(4)},${iccid(104)}`,
    ];
    writeFileSync(file, ['Old ICCID,New ICCID', ...rows].join('\n'));
    const ended = await desk.run(['check', file, '--json']);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const checked = ended.json<{ findings: Record<string, number>; problems: { line: number; verdict: string }[] }>();
    expect(checked).toMatchObject({ rows: 4, valid: 1, warning: 0, error: 3 });
    expect(checked.findings).toMatchObject({ 'duplicate-new': 2, 'scientific-notation': 1, 'mirror-empty': 4 });
    expect(checked.problems.map(({ line }) => line)).toEqual([2, 3, 4]);
    expect(left()).toEqual(before);

    const text = (await desk.run(['check', file])).stdout;
    expect(text).toContain('line 3  error scientific-notation');
    expect(text).toContain('nothing is kept');
  });

  it('refuses what an import refuses, and says what an import needs', async () => {
    expect((await desk.run(['check', join(folder, 'nowhere.csv')])).code).toBe(1);
    expect((await desk.run(['check', file, '--type', 'ChangeAll'])).code).toBe(2);
    writeFileSync(file, 'Name,Colour\nA,red\n');
    const refused = await desk.run(['check', file, '--json']);
    expect([refused.code, refused.json()]).toMatchObject([1, { error: { code: 'column-missing' } }]);
    const imported = await desk.run(['import', file, '--provider', 'Acme']);
    expect([imported.code, imported.stderr]).toEqual([expect.any(Number), expect.stringMatching(/swapdesk: /)]);
    expect(imported.code).not.toBe(0);
  });
});
