import fc from 'fast-check';
import knex from 'knex';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { createAuditService, type AuditEvent, type AuditService, type ChainHead } from '.';
import { sha256 } from '../../lib/canonical';

const WRITER = 'desktop:d:u';
const CHAIN = `${WRITER}:p`;

let db: TestDb;
let audit: AuditService;

beforeEach(async () => {
  db = await openTestDb();
  audit = createAuditService({ local: db, writer: WRITER, clock: { now: () => 1_000 } });
});
afterEach(() => db.close());

function event(row: number, provider = 'p'): AuditEvent {
  return { stream: 'm2m', actor: 'maria', action: 'row.sent', provider, row, details: { row } };
}

const record = (events: readonly AuditEvent[]): Promise<void> => db.write((trx) => audit.record(trx, events));

/** As somebody would who edits the file with SQLite: the guards are no obstacle, only verification is. */
async function tamper(...statements: string[]): Promise<void> {
  await db.write(async (trx) => {
    await trx.raw('DROP TRIGGER audit_entry_stays');
    await trx.raw('DROP TRIGGER audit_entry_is_kept');
    for (const name of ['at', 'stream', 'actor', 'change', 'device']) await trx.raw(`DROP INDEX audit_entry_${name}`);
    for (const column of ['at', 'stream', 'actor', 'change_uid', 'device_id']) {
      await trx.raw(`ALTER TABLE audit_entry DROP COLUMN ${column}`);
    }
    for (const statement of statements) await trx.raw(statement);
  });
}

/** Entry `seq` says something else, under a hash that fits. */
async function reseal(seq: number, edit: (body: string) => string): Promise<void> {
  const rows = await db.read.raw<{ body: string }[]>('SELECT body FROM audit_entry WHERE seq = ?', [seq]);
  const body = edit(rows[0]?.body ?? '');
  await tamper(`UPDATE audit_entry SET body = '${body}', hash = '${sha256(body)}' WHERE seq = ${seq}`);
}

describe('verify', () => {
  const place = (seq: number) => `chain_id = 1 AND seq = ${seq}`;
  beforeEach(() => record(Array.from({ length: 9 }, (_, index) => event(index + 1))));

  it('refuses to change or delete an entry', async () => {
    const change = db.write((trx) => trx.raw(`UPDATE audit_entry SET hash = hash WHERE seq = 1`));
    await expect(change).rejects.toThrow('audit entries are never changed');
    const removal = db.write((trx) => trx.raw(`DELETE FROM audit_entry WHERE seq = 9`));
    await expect(removal).rejects.toThrow('audit entries are never deleted');
    expect(await audit.verify([])).toEqual({ ok: true, entries: 9, chains: 1, partialChains: 0 });
  });

  it.each([
    ['changed', `UPDATE audit_entry SET body = replace(body, 'maria', 'mario') WHERE ${place(4)}`, 4, 'changed'],
    ['given another hash', `UPDATE audit_entry SET hash = '${'a'.repeat(64)}' WHERE ${place(4)}`, 4, 'changed'],
    ['deleted', `DELETE FROM audit_entry WHERE ${place(4)}`, 4, 'missing'],
    ['moved', `UPDATE audit_entry SET seq = 40 WHERE ${place(4)}`, 4, 'reordered'],
    ['made unreadable', `UPDATE audit_entry SET body = 'no JSON' WHERE ${place(4)}`, 4, 'unreadable'],
    ['replaced by other JSON', `UPDATE audit_entry SET body = '[]' WHERE ${place(4)}`, 4, 'unreadable'],
    ['cut off', `DELETE FROM audit_entry WHERE seq > 6`, 7, 'cut'],
    ['all removed', `DELETE FROM audit_entry`, 1, 'cut'],
    ['the head moved', `UPDATE audit_chain SET hash = '${'b'.repeat(64)}'`, 9, 'changed'],
  ])('names an entry that was %s', async (_name, statement, seq, problem) => {
    await tamper(statement);
    expect(await audit.verify([])).toMatchObject({ ok: false, chain: CHAIN, seq, problem });
  });

  it('names a chain whose recorded end was taken away', async () => {
    // The program's own connections enforce foreign keys; another program's need not.
    const hand = knex({ client: 'sqlite3', connection: { filename: db.file }, useNullAsDefault: true });
    await hand.raw('DELETE FROM audit_chain');
    await hand.destroy();
    expect(await audit.verify([])).toMatchObject({ ok: false, chain: CHAIN, seq: 1, problem: 'missing' });
  });

  it('names two entries that changed places', async () => {
    await tamper(
      `UPDATE audit_entry SET seq = 1000 WHERE ${place(3)}`,
      `UPDATE audit_entry SET seq = 3 WHERE ${place(5)}`,
      `UPDATE audit_entry SET seq = 5 WHERE chain_id = 1 AND seq = 1000`,
    );
    expect(await audit.verify([])).toMatchObject({ ok: false, seq: 3, problem: 'reordered', entries: 2 });
  });

  it('names an entry that was changed and hashed anew, in the middle, first and last', async () => {
    await reseal(5, (body) => body.replace('maria', 'mario'));
    expect(await audit.verify([])).toMatchObject({ ok: false, seq: 5, problem: 'changed', entries: 4 });
  });
  it('… first', async () => {
    await reseal(1, (body) => body.replace('maria', 'mario'));
    expect(await audit.verify([])).toMatchObject({ ok: false, seq: 1, problem: 'changed', entries: 0 });
  });
  it('… last', async () => {
    await reseal(9, (body) => body.replace('maria', 'mario'));
    expect(await audit.verify([])).toMatchObject({ ok: false, seq: 9, problem: 'changed' });
  });
  it('… last but one', async () => {
    await reseal(8, (body) => body.replace('maria', 'mario'));
    expect(await audit.verify([])).toMatchObject({ ok: false, seq: 8, problem: 'changed', entries: 7 });
  });
  it('… linked to something else', async () => {
    await reseal(5, (body) => body.replace(/"prevHash":"[0-9a-f]{4}/, '"prevHash":"0000'));
    expect(await audit.verify([])).toMatchObject({ ok: false, seq: 5, problem: 'changed' });
  });

  it('names an entry that was added behind the end', async () => {
    await tamper(
      `INSERT INTO audit_entry (id, chain_id, seq, body, hash)
       SELECT 100, 1, 10, replace(body, '"seq":9', '"seq":10'), hash FROM audit_entry WHERE seq = 9`,
    );
    expect(await audit.verify([])).toMatchObject({ ok: false, seq: 10, problem: 'changed', entries: 9 });
  });

  it('names a tail that was cut with its head, by what the central database countersigned', async () => {
    const heads = await audit.heads();
    await tamper(
      `DELETE FROM audit_entry WHERE seq > 6`,
      `UPDATE audit_chain SET seq = 6, hash = (SELECT hash FROM audit_entry WHERE seq = 6)`,
    );
    expect(await audit.verify([])).toMatchObject({ ok: true, entries: 6 });
    expect(await audit.verify(heads)).toMatchObject({ ok: false, seq: 7, problem: 'cut', entries: 6 });
  });

  it('names a chain that is gone, and one that was written anew', async () => {
    const [head] = await audit.heads();
    const elsewhere: ChainHead = { chain: 'desktop:other:u:p', seq: 3, hash: 'c'.repeat(64) };
    const gone: ChainHead = { chain: `${WRITER}:q`, seq: 3, hash: 'c'.repeat(64) };
    expect(await audit.verify([head ?? gone, elsewhere])).toMatchObject({ ok: true });
    expect(await audit.verify([elsewhere, gone])).toMatchObject({
      ok: false,
      chain: gone.chain,
      seq: 1,
      problem: 'cut',
    });
    const other: ChainHead = { chain: CHAIN, seq: 4, hash: 'd'.repeat(64) };
    expect(await audit.verify([other])).toMatchObject({ ok: false, seq: 4, problem: 'changed', entries: 3 });
  });

  it('is not confused by entries that are appended meanwhile', async () => {
    const [verdict] = await Promise.all([audit.verify([]), record([event(10)]), record([event(11)])]);
    expect(verdict).toMatchObject({ ok: true });
    expect(await audit.verify([])).toMatchObject({ ok: true, entries: 11 });
  });
});

it('verifies whatever was appended, in whatever batches', async () => {
  let total = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          provider: fc.constantFrom('p', 'q', 'none'),
          details: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })),
        }),
        { maxLength: 30 },
      ),
      async (events) => {
        await record(
          events.map(({ provider, details }, index) => ({
            ...event(index, provider),
            details: details as NonNullable<AuditEvent['details']>,
          })),
        );
        total += events.length;
        expect(await audit.verify([])).toMatchObject({ ok: true, entries: total });
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);
