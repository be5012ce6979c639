import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import type { LocalDb, Trx } from '../../localdb/types';
import { groupWrites } from './group-writes';

let db: TestDb;
let transactions = 0;
let grouped: LocalDb;

beforeEach(async () => {
  db = await openTestDb();
  transactions = 0;
  await db.write((trx) => trx.raw('create table note (text text) strict'));
  grouped = groupWrites({
    ...db,
    write<T>(fn: (trx: Trx) => Promise<T>): Promise<T> {
      transactions += 1;
      return db.write(fn);
    },
  });
});
afterEach(() => db.close());

const write = (text: string): Promise<string> =>
  grouped.write(async (trx) => {
    await trx.raw('insert into note values (?)', [text]);
    return text;
  });
const notes = async (): Promise<string[]> =>
  (await db.read.raw<{ text: string }[]>('select text from note order by rowid')).map((note) => note.text);

describe('group commit', () => {
  it('puts what comes while one commits into the next transaction, in order, each with its own answer', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => `n${index}`);
    expect(await Promise.all(texts.map(write))).toEqual(texts);
    expect(await notes()).toEqual(texts);
    expect(transactions).toBe(2);
  });

  it('fails only the one that failed, and keeps nothing of it', async () => {
    const outcomes = await Promise.allSettled([
      write('first'),
      write('second'),
      grouped.write(async (trx) => {
        await trx.raw(`insert into note values ('half')`);
        throw new Error('broken');
      }),
      write('third'),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await notes()).toEqual(['first', 'second', 'third']);
    expect(await write('later')).toBe('later');
  });

  it('refuses a write inside a write instead of waiting for itself', async () => {
    await expect(grouped.write(() => write('inner'))).rejects.toThrow('write() inside write()');
    expect(await write('after')).toBe('after');
  });
});
