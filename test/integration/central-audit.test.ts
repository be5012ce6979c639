import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemIds } from '../../main/lib/ids';
import type { Session } from '../../main/services/identity';
import { startTestCentral, type TestCentral, type TestDatabase, type TestDesk } from '../support/central';
import { makeTenants, type Tenants } from '../support/central-fixture';

let server: TestCentral;
let db: TestDatabase;
let tenants: Tenants;
let desk: TestDesk;
let nils: Session;
beforeAll(async () => {
  server = await startTestCentral();
});
afterAll(() => server.stop());
beforeEach(async () => {
  db = await server.fresh();
  tenants = await makeTenants(db, 2);
  desk = db.desk();
  nils = await db.addUser(desk, { name: 'nils', role: 'operator', providers: ['North'] });
});

type Entry = Readonly<Record<string, unknown>> & { readonly hash: string };

function entriesOf(chain: string, from: number, count: number, prevHash = '0'.repeat(64), salt = ''): Entry[] {
  const made: Entry[] = [];
  for (let seq = from; seq < from + count; seq += 1) {
    const before = made.at(-1)?.hash ?? prevHash;
    const hash = createHash('sha256').update(`${chain}${seq}${before}${salt}`).digest('hex');
    const stream = ['m2m', 'mobility', 'api', 'error'][seq % 4];
    made.push({
      ...{ chain, seq, at: '2026-01-01T00:00:00.000Z', stream, actor: 'nils', action: 'row.sent' },
      ...{ provider: chain.split(':')[3], change: null, row: 1, deviceChange: null, deviceId: 4, correlationId: 'c' },
      ...{ details: { text: 'x' }, prevHash: before, hash },
    });
  }
  return made;
}

async function append(chain: string, entries: readonly Entry[], session = nils, from = desk): Promise<unknown> {
  const answer: { rows: { answer: unknown }[] } = await from.central.withSession(session.token, (trx) =>
    trx.raw('select audit_append(?, ?::jsonb) as answer', [chain, JSON.stringify(entries)]),
  );
  return answer.rows[0]?.answer;
}

const ownChain = (): string => `desktop:${desk.uid}:${nils.userUid}:${tenants.north.uid}`;

describe('audit_append', () => {
  test('stores each entry in its log, countersigns the head, and takes repetitions once', async () => {
    const chain = ownChain();
    const entries = entriesOf(chain, 1, 9);
    expect(await append(chain, entries.slice(0, 6))).toEqual({ seq: 6, hash: entries[5]?.hash, appended: 6 });
    expect(await append(chain, entries.slice(3))).toEqual({ seq: 9, hash: entries[8]?.hash, appended: 3 });
    expect(await append(chain, entries)).toMatchObject({ appended: 0 });
    expect(await append(chain, [])).toMatchObject({ seq: 9, appended: 0 });
    const stored = await db.query<{ stream: string; count: string }>(
      'select stream, count(*) from logging.stored_entry group by stream order by stream',
    );
    expect(stored.map((row) => Number(row.count))).toEqual([2, 2, 2, 3]);
    const heads = await desk.central.withSession(nils.token, (trx) =>
      trx.raw('select * from audit_heads(?)', [`desktop:${desk.uid}:`]),
    );
    expect(heads.rows).toMatchObject([{ chain, seq: 9, hash: entries[8]?.hash }]);
  });

  test('the same entries sent by two connections at once are stored once', async () => {
    const chain = ownChain();
    const entries = entriesOf(chain, 1, 40);
    await Promise.all([append(chain, entries), append(chain, entries), append(chain, entries.slice(0, 20))]);
    const [stored] = await db.query<{ count: string }>('select count(*) from logging.stored_entry');
    expect(Number(stored?.count)).toBe(40);
  });

  test('refuses a gap, a rewriting, a broken link, and unreadable entries, and keeps what it has', async () => {
    const chain = ownChain();
    const entries = entriesOf(chain, 1, 5);
    await append(chain, entries.slice(0, 3));
    await expect(append(chain, entries.slice(4))).rejects.toMatchObject({ code: 'audit-gap' });
    await expect(append(chain, entriesOf(chain, 1, 5, undefined, 'other'))).rejects.toMatchObject({
      code: 'audit-rewritten',
    });
    await expect(append(chain, entriesOf(chain, 4, 2, 'f'.repeat(64)))).rejects.toMatchObject({ code: 'audit-gap' });
    const [fourth] = entries.slice(3);
    for (const broken of [{ stream: 'other' }, { seq: 'x' }, { hash: 'short' }, { provider: 'none' }, { chain: 'x' }]) {
      await expect(append(chain, [{ ...(fourth as Entry), ...broken }])).rejects.toMatchObject({
        code: 'audit-unreadable',
      });
    }
    expect(await append(chain, entries)).toMatchObject({ seq: 5, appended: 2 });
  });

  test('refuses chains of another desk, another user, another tenant, and other shapes', async () => {
    const other = db.desk('other');
    const chains = [
      `desktop:${other.uid}:${nils.userUid}:${tenants.north.uid}`,
      `desktop:${desk.uid}:${systemIds.uid()}:${tenants.north.uid}`,
      `desktop:${desk.uid}:${nils.userUid}:${tenants.south.uid}`,
      `desktop:${desk.uid}:${nils.userUid}`,
      'receiver:x:y:none',
      '',
    ];
    for (const chain of chains) {
      await expect(append(chain, entriesOf(chain, 1, 1)), chain).rejects.toMatchObject({ code: 'audit-foreign-chain' });
    }
    const guest = `desktop:${desk.uid}:guest:none`;
    expect(await append(guest, entriesOf(guest, 1, 1))).toMatchObject({ appended: 1 });
  });

  test('shows entries to their writer and to auditors of the provider, to nobody else', async () => {
    const chain = ownChain();
    await append(chain, entriesOf(chain, 1, 3));
    const none = `desktop:${desk.uid}:${nils.userUid}:none`;
    await append(none, entriesOf(none, 1, 1));
    const count = async (session: Session): Promise<number> => {
      const answer = await desk.central.withSession(session.token, (trx) =>
        trx.raw('select count(*) as count from logging.stored_entry'),
      );
      return answer.rows[0].count;
    };
    const auditors = await Promise.all(
      [
        { name: 'anne', role: 'auditor' as const, providers: ['North'] },
        { name: 'saul', role: 'auditor' as const, providers: ['South'] },
        { name: 'vera', role: 'viewer' as const, providers: ['North'] },
        { name: 'aldo', role: 'auditor' as const },
      ].map((user) => db.addUser(desk, user)),
    );
    expect(await count(nils)).toBe(4);
    expect(await Promise.all(auditors.map(count))).toEqual([3, 0, 0, 4]);
  });
});

describe('the change log', () => {
  const read = async (session: Session): Promise<string[]> => {
    const answer = await desk.central.withSession(session.token, (trx) =>
      trx.raw(`select table_name || ' ' || gone as what from change_log
               where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, seq`),
    );
    return answer.rows.map((row: { what: string }) => row.what);
  };

  test('shows each tenant its own changes, one row a thing, and a move to another customer as gone', async () => {
    const aida = await db.addUser(desk, { name: 'aida', role: 'operator', providers: ['North'], customers: ['Acme'] });
    const before = await read(aida);
    // Provider, customer, two plans, pool, one of two lines; and the scope of the user's own making.
    expect(before.toSorted()).toEqual([
      'customer false',
      'customer_rate_plan false',
      'customer_rate_plan false',
      'customer_rate_pool false',
      'device false',
      'service_provider false',
      'user_scope false',
    ]);
    await db.query("update device set status = 'suspended'");
    await db.query("update device set status = 'active'");
    expect((await read(aida)).length).toBe(before.length);
    await db.query('update device set customer_id = $1 where provider_id = $2', [
      tenants.north.customers['Bolt'],
      tenants.north.id,
    ]);
    expect(await read(aida)).toContain('device true');
    await db.query('delete from device where provider_id = $1', [tenants.north.id]);
    const all = await read(nils);
    expect(all.filter((what) => what === 'device false')).toEqual([]);
    const rows = await db.query('select from change_log where provider_id = $1', [tenants.south.id]);
    expect(rows.length).toBeGreaterThan(0);
  });

  test('a change that is not committed yet can’t appear behind the cursor', async () => {
    const admin = await db.signIn(desk);
    const other = db.desk('slow');
    const slow = await db.signIn(other);
    const ready = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const late = other.central.withSession(slow.token, async (trx) => {
      await trx.raw("insert into customer (provider_id, name) select id, 'Late' from service_provider");
      ready.resolve();
      await go.promise;
    });
    await ready.promise;
    const before = (await read(admin)).length;
    await desk.central.withSession(admin.token, (trx) =>
      trx.raw("insert into customer (provider_id, name) select id, 'Quick' from service_provider"),
    );
    // Quick is committed, and waits behind Late.
    expect((await read(admin)).length).toBe(before);
    go.resolve();
    await late;
    expect((await read(admin)).length).toBe(before + 4);
  });
});
