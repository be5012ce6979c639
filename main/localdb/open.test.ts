import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../../test/support/local-db';
import { openLocalDb } from './open';

describe('the local database', () => {
  let db: TestDb;
  beforeEach(async () => {
    db = await openTestDb();
    await db.write((trx) => trx.raw(`INSERT INTO setting VALUES ('count', '0')`));
  });
  afterEach(() => db.close());

  const count = async (): Promise<number> => {
    const [row] = await db.read.raw<{ value: string }[]>(`SELECT value FROM setting WHERE key = 'count'`);
    return Number(row?.value);
  };
  const increment = (): Promise<void> =>
    db.write(async (trx) => {
      const [row] = await trx.raw<{ value: string }[]>(`SELECT value FROM setting WHERE key = 'count'`);
      await trx.raw(`UPDATE setting SET value = ? WHERE key = 'count'`, [String(Number(row?.value) + 1)]);
    });

  it('is durable and checks references', async () => {
    const pragma = (name: string): Promise<unknown> =>
      db.write((trx) => trx.raw<Record<string, unknown>[]>(`PRAGMA ${name}`).then((rows) => rows[0]?.[name]));
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
  });

  it('writes one transaction after the other', async () => {
    await Promise.all(Array.from({ length: 50 }, increment));
    expect(await count()).toBe(50);
  });

  it('takes back a transaction that fails, and goes on', async () => {
    const failing = db.write(async (trx) => {
      await trx.raw(`UPDATE setting SET value = '9'`);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const refused = db.write((trx) => trx.raw(`INSERT INTO setting VALUES ('count', '1')`));
    await expect(refused).rejects.toThrow(/UNIQUE/);
    expect(await count()).toBe(0);
    await increment();
    expect(await count()).toBe(1);
  });

  it('takes back a transaction whose commit is refused, and goes on', async () => {
    const dangling = db.write(async (trx) => {
      await trx.raw('CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT');
      await trx.raw('CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED) STRICT');
      await trx.raw('INSERT INTO child VALUES (1)');
    });
    await expect(dangling).rejects.toThrow(/FOREIGN KEY/);
    await increment();
    expect(await count()).toBe(1);
  });

  it('gives readers no way to write', async () => {
    await expect(db.read.raw(`UPDATE setting SET value = '9'`)).rejects.toThrow(/readonly/);
    await expect(db.read('setting').insert({ key: 'x', value: '1' })).rejects.toThrow(/readonly/);
    await expect(db.read.transaction((trx) => trx.raw('DELETE FROM setting'))).rejects.toThrow(/readonly/);
    expect(await count()).toBe(0);
  });

  it('reads what is committed while a transaction is open', async () => {
    await db.write(async (trx) => {
      await trx.raw(`UPDATE setting SET value = '9'`);
      expect(await count()).toBe(0);
    });
    expect(await count()).toBe(9);
  });

  it('refuses a write inside a write instead of waiting for itself', async () => {
    await expect(db.write(() => increment())).rejects.toThrow(/write\(\) inside write\(\)/);
    let later: Promise<void> | undefined;
    await db.write(async () => {
      // Begun inside, run afterwards: that is another transaction.
      later = new Promise<void>((resolve) => setTimeout(resolve, 20)).then(increment);
    });
    await later;
    expect(await count()).toBe(1);
  });

  it('finishes what was asked for before it closes', async () => {
    const pending = Array.from({ length: 10 }, increment);
    const { file } = db;
    await Promise.all([...pending, db.close()]);
    await expect(stat(file)).rejects.toThrow(/ENOENT/);
    db = await openTestDb();
  });
});

describe('a file that is no local database', () => {
  let dir = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'swapdesk-test-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('is called damaged, and left alone', async () => {
    const file = join(dir, 'local.sqlite');
    const content = 'not a database, whatever its name says'.repeat(100);
    await writeFile(file, content);
    await expect(openLocalDb({ file })).rejects.toMatchObject({
      kind: 'failed',
      code: 'database-damaged',
      story: { where: file, todo: expect.stringMatching(/backup/) as string },
    });
    expect((await stat(file)).size).toBe(content.length);
  });

  it('is named when it stands in the way of the folder', async () => {
    await writeFile(join(dir, 'users'), '');
    const file = join(dir, 'users', 'u1', 'local.sqlite');
    await expect(openLocalDb({ file })).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });

  it('is made private when it was not', async () => {
    const file = join(dir, 'local.sqlite');
    await writeFile(file, '');
    await chmod(file, 0o644);
    await (await openLocalDb({ file })).close();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});
