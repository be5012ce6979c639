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
  it('puts what comes together, and what comes while one commits, into one transaction each, in order', async () => {
    const texts = Array.from({ length: 50 }, (_, index) => `n${index}`);
    const later = ['later', 'last'];
    const first = Promise.all(texts.map(write));
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    const second = Promise.all(later.map(write));
    expect(await first).toEqual(texts);
    expect(await second).toEqual(later);
    expect(await notes()).toEqual([...texts, ...later]);
    expect(transactions).toBe(2);
  });

  it('runs writes about different rows side by side, and two about one row one after the other', async () => {
    const steps: string[] = [];
    const about = (row: number | undefined, name: string): Promise<void> =>
      grouped.write(
        async (trx) => {
          steps.push(`${name} begins`);
          await trx.raw('select 1');
          steps.push(`${name} ends`);
        },
        row === undefined ? {} : { row },
      );
    await Promise.all([about(1, 'one'), about(2, 'two'), about(1, 'one again'), about(undefined, 'alone')]);
    expect(steps.slice(0, 2)).toEqual(['one begins', 'two begins']);
    expect(steps.slice(4)).toEqual(['one again begins', 'one again ends', 'alone begins', 'alone ends']);
    expect(transactions).toBe(1);
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

  it('leaves nothing of a write whose neighbour ran out of disk, and then does it once', async () => {
    await db.write((trx) => trx.raw(`insert into note values ('0')`));
    const [{ pages } = { pages: 0 }] = await db.read.raw<{ pages: number }[]>(
      'select page_count as pages from pragma_page_count',
    );
    await db.write((trx) => trx.raw(`pragma max_page_count = ${pages + 4}`));
    const large = grouped.write((trx) => trx.raw('insert into note values (?)', ['x'.repeat(60_000)]), { row: 1 });
    const counted = grouped.write(
      async (trx) => {
        for (let step = 0; step < 20; step += 1) await trx.raw(`update note set text = text + 1`);
      },
      { row: 2 },
    );
    await expect(large).rejects.toMatchObject({ code: 'disk-full' });
    await counted;
    expect(await notes()).toEqual(['20']);
  });
});
