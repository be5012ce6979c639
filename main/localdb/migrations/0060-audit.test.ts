import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainUsesIndex, openTestDb, type TestDb } from '../../../test/support/local-db';
import { openLocalDb } from '../open';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb({ before: '0060-audit' });
});
afterEach(() => db.close());

describe('0060-audit', () => {
  it('adds the trail to a database that had none, and leaves the rest', async () => {
    await db.write((trx) => trx.raw(`INSERT INTO provider_hold VALUES ('p', 'paused', 'by-hand', 'lunch', 1)`));
    const migrated = await openLocalDb({ file: db.file });
    try {
      const held = await migrated.read.raw<unknown[]>('SELECT * FROM provider_hold');
      expect(held).toHaveLength(1);
      const body = JSON.stringify({
        at: '2026-11-24T04:00:00.000Z',
        stream: 'm2m',
        actor: 'a',
        change: 'c',
        deviceId: 7,
      });
      await migrated.write(async (trx) => {
        await trx.raw(`INSERT INTO audit_chain VALUES (1, 'desktop:d:u:p', 1, ?)`, ['a'.repeat(64)]);
        await trx.raw(`INSERT INTO audit_entry (id, chain_id, seq, body, hash) VALUES (1, 1, 1, ?, ?)`, [
          body,
          'a'.repeat(64),
        ]);
      });
      const [entry] = await migrated.read.raw<unknown[]>(
        'SELECT at, stream, actor, change_uid, device_id FROM audit_entry',
      );
      expect(entry).toEqual({
        at: '2026-11-24T04:00:00.000Z',
        stream: 'm2m',
        actor: 'a',
        change_uid: 'c',
        device_id: 7,
      });
    } finally {
      await migrated.close();
    }
  });

  const list = (where: string): string => `SELECT e.id FROM audit_entry e WHERE ${where} ORDER BY e.id DESC LIMIT 100`;
  it.each([
    [`${list('e.change_uid = ?')}`, 'audit_entry_change'],
    [`${list('e.device_id = ?')}`, 'audit_entry_device'],
    [`${list('e.actor = ?')}`, 'audit_entry_actor'],
    [`${list('e.stream = ?')}`, 'audit_entry_stream'],
    ['SELECT min(+id) FROM audit_entry WHERE at >= ?', 'audit_entry_at'],
    ['SELECT id FROM audit_entry WHERE chain_id = ? AND seq > 5 ORDER BY seq LIMIT 10', 'audit_entry_place'],
  ])('%s goes by %s, without sorting', async (sql, index) => {
    const migrated = await openLocalDb({ file: db.file });
    try {
      expect(await explainUsesIndex(migrated.read, sql, ['x'], index)).toBe(true);
      const plan = await migrated.read.raw<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, ['x']);
      expect(plan.some(({ detail }) => detail.includes('TEMP B-TREE'))).toBe(false);
    } finally {
      await migrated.close();
    }
  });

  it.each([
    ['change_uid', 'change'],
    ['device_id', 'device'],
    ['actor', 'actor'],
    ['stream', 'stream'],
  ])('one entry is judged by its %s without being read', async (column, index) => {
    const migrated = await openLocalDb({ file: db.file });
    try {
      const [step] = await migrated.read.raw<{ detail: string }[]>(
        `EXPLAIN QUERY PLAN SELECT 1 FROM audit_entry INDEXED BY audit_entry_${index} WHERE ${column} = ? AND id = 5`,
        ['x'],
      );
      expect(step?.detail).toContain(`USING INDEX audit_entry_${index} (${column}=? AND rowid=?)`);
    } finally {
      await migrated.close();
    }
  });

  it('the list by words walks the index of words, newest first, without sorting', async () => {
    const migrated = await openLocalDb({ file: db.file });
    try {
      const plan = await migrated.read.raw<{ detail: string }[]>(
        `EXPLAIN QUERY PLAN SELECT e.id FROM audit_text CROSS JOIN audit_entry e ON e.id = audit_text.rowid
         WHERE audit_text MATCH ? AND e.change_uid = 'c' ORDER BY audit_text.rowid DESC LIMIT 100`,
        ['"abc"'],
      );
      expect(plan.map(({ detail }) => detail).join('\n')).toMatch(
        /SCAN audit_text VIRTUAL TABLE[^]*SEARCH e USING INTEGER/,
      );
      expect(plan.some(({ detail }) => detail.includes('TEMP B-TREE'))).toBe(false);
    } finally {
      await migrated.close();
    }
  });
});
