import { copyFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Migration } from './migrate';
import { localMigrations } from './migrations';
import { openLocalDb } from './open';

let dir = '';
let file = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swapdesk-test-'));
  file = join(dir, 'users', 'u1', 'local.sqlite');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const step = (number: number, sql = `CREATE TABLE t${number} (a INTEGER) STRICT`): Migration => ({
  name: `${String(number).padStart(4, '0')}-step`,
  up: async (knex) => void (await knex.raw(sql)),
});

async function openAndClose(migrations: readonly Migration[]): Promise<void> {
  const db = await openLocalDb({ file, migrations });
  await db.write((trx) => trx.raw(`INSERT INTO t1 VALUES (1)`));
  await db.close();
}

async function tables(path: string): Promise<string[]> {
  const { default: sqlite3 } = await import('sqlite3');
  const handle = new sqlite3.Database(path);
  const rows = await new Promise<{ name: string }[]>((resolve, reject) =>
    handle.all<{ name: string }>(`SELECT name FROM sqlite_schema WHERE name GLOB 't[0-9]'`, (error, found) =>
      error === null ? resolve(found) : reject(error),
    ),
  );
  await new Promise<void>((resolve) => handle.close(() => resolve()));
  return rows.map((row) => row.name).sort();
}

const backups = async (): Promise<string[]> =>
  (await readdir(join(dir, 'users', 'u1'))).filter((name) => name.includes('.before-')).sort();

describe('migrations', () => {
  it('are numbered, in order, and each once', () => {
    const names = localMigrations.map((migration) => migration.name);
    expect(names).toEqual([...new Set(names)].sort());
    expect(names.every((name) => /^\d{4}-[a-z-]+$/.test(name))).toBe(true);
  });

  it('make private folders and files', async () => {
    await openAndClose([step(1)]);
    expect((await stat(join(dir, 'users'))).mode & 0o777).toBe(0o700);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await backups()).toEqual([]);
  });

  it('copy a file with data first, and keep the last three copies', async () => {
    await openAndClose([step(1)]);
    for (let last = 2; last <= 6; last += 1) {
      await openAndClose(Array.from({ length: last }, (_, index) => step(index + 1)));
    }
    expect(await backups()).toEqual([4, 5, 6].map((number) => `local.sqlite.before-000${number}-step`));
    const newest = `${file}.before-0006-step`;
    expect((await stat(newest)).mode & 0o777).toBe(0o600);
    expect(await tables(newest)).toEqual(['t1', 't2', 't3', 't4', 't5']);
  });

  it('can be gone back from with that copy', async () => {
    await openAndClose([step(1)]);
    await openAndClose([step(1), step(2)]);
    await expect(openLocalDb({ file, migrations: [step(1)] })).rejects.toMatchObject({
      code: 'database-newer',
      message: expect.stringMatching(/0002-step/) as string,
    });
    for (const end of ['', '-wal', '-shm']) await rm(`${file}${end}`, { force: true });
    await copyFile(`${file}.before-0002-step`, file);
    await openAndClose([step(1)]);
  });

  it('leave the file as it was when one fails', async () => {
    await openAndClose([step(1)]);
    await expect(
      openLocalDb({ file, migrations: [step(1), step(2), step(3, 'CREATE TABLE broken (')] }),
    ).rejects.toThrow(/incomplete input/);
    expect(await tables(file)).toEqual(['t1', 't2']);
    await openAndClose([step(1), step(2), step(3)]);
    expect(await tables(file)).toEqual(['t1', 't2', 't3']);
  });

  it('refuse the database of another program', async () => {
    const { default: sqlite3 } = await import('sqlite3');
    file = join(dir, 'other.sqlite');
    const handle = new sqlite3.Database(file);
    await new Promise<void>((resolve) => handle.exec('CREATE TABLE notes (a)', () => handle.close(() => resolve())));
    await expect(openLocalDb({ file })).rejects.toMatchObject({ code: 'database-foreign' });
  });
});
