import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withClient } from '../../main/centraldb/migrate';
import { systemIds } from '../../main/lib/ids';
import { deriveKey } from '../../main/services/identity/verifier';
import {
  ADMIN_PASSWORD,
  startTestCentral,
  USER_PASSWORD,
  type TestCentral,
  type TestDatabase,
} from '../support/central';
import { makeTenants } from '../support/central-fixture';

let server: TestCentral;
let db: TestDatabase;
beforeAll(async () => {
  server = await startTestCentral();
});
afterAll(() => server.stop());
beforeEach(async () => {
  db = await server.fresh();
});

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();

describe('signing in', () => {
  test('the right password gives a session with role and scope, at this desk alone', async () => {
    const desk = db.desk('front desk');
    const session = await desk.identity.signIn('Admin', ADMIN_PASSWORD);
    expect(session).toMatchObject({ userName: 'admin', role: 'administrator', providerUids: null, customerUids: null });
    expect(session.expiresAt - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
    expect(await desk.identity.resume(session.token)).toMatchObject({ userUid: session.userUid });
    expect(await db.desk('other').identity.resume(session.token)).toBeNull();
    const stored = await db.query<{ desktop_name: string }>('select * from user_session');
    expect(stored[0]?.desktop_name).toBe('front desk');
    expect(JSON.stringify(stored)).not.toContain(session.token);
  });

  test('a wrong password, an unknown name and a disabled user get the same answer', async () => {
    const desk = db.desk();
    const admin = await db.signIn(desk);
    await db.addUser(desk, { name: 'olga', role: 'operator' });
    await desk.identity.disableUser(admin, 'olga');
    const refusals = await Promise.all(
      [
        ['admin', 'wrong password'],
        ['nobody', 'wrong password'],
        ['olga', USER_PASSWORD],
      ].map(([name = '', password = '']) =>
        desk.identity.signIn(name, password).catch((error: unknown) => String(error)),
      ),
    );
    expect(new Set(refusals).size).toBe(1);
    expect(refusals[0]).toContain('sign-in was refused');
  });

  test('an unknown name has a salt too, and it stays the same', async () => {
    const salts = await db.query<{ known: Buffer; invented: Buffer; again: Buffer; other: Buffer }>(
      `select sign_in_salt('ADMIN ') as known, sign_in_salt('ghost') as invented, sign_in_salt('Ghost') as again,
        sign_in_salt('phantom') as other`,
    );
    const [{ known, invented, again, other } = { known: null, invented: null, again: null, other: null }] = salts;
    expect(known?.length).toBe(16);
    expect(invented?.length).toBe(16);
    expect(again).toEqual(invented);
    expect(other).not.toEqual(invented);
  });

  test('ten wrong attempts stop the name, also when each caller rolls back, and a right one is not counted', async () => {
    const proof = await withClient(db.desktop, async (client) => {
      const answer = await client.query<{ salt: Buffer }>("select sign_in_salt('admin') as salt");
      return deriveKey(ADMIN_PASSWORD, answer.rows[0]?.salt ?? Buffer.alloc(16));
    });
    const attempt = (key: Buffer, end: 'commit' | 'rollback'): Promise<string> =>
      withClient(db.desktop, async (client) => {
        await client.query('begin');
        const answer = await client.query<{ verdict: string }>('select * from sign_in($1, $2, $3, $4, $5)', [
          'admin',
          key,
          systemIds.uid(),
          'hostile',
          sha256(systemIds.token()),
        ]);
        await client.query(end);
        return answer.rows[0]?.verdict ?? '';
      });
    for (let count = 0; count < 12; count += 1) expect(await attempt(proof, 'commit')).toBe('signed_in');
    const wrong: string[] = [];
    for (let count = 0; count < 12; count += 1) wrong.push(await attempt(Buffer.alloc(32, count), 'rollback'));
    expect(wrong.slice(0, 10)).toEqual(Array(10).fill('refused'));
    expect(wrong.slice(10)).toEqual(['too_many', 'too_many']);
    expect(await attempt(proof, 'commit')).toBe('too_many');
    await expect(db.desk().identity.signIn('admin', ADMIN_PASSWORD)).rejects.toMatchObject({ code: 'sign-in-refused' });
  });

  test('wrong attempts at the same time are counted one by one', async () => {
    const verdicts = await Promise.all(
      Array.from({ length: 16 }, (_, count) =>
        withClient(db.desktop, async (client) => {
          const answer = await client.query<{ verdict: string }>('select verdict from sign_in($1, $2, $3, $4, $5)', [
            'admin',
            Buffer.alloc(32, count),
            systemIds.uid(),
            'x',
            Buffer.alloc(32, count),
          ]);
          return answer.rows[0]?.verdict;
        }),
      ),
    );
    expect(verdicts.filter((verdict) => verdict === 'refused')).toHaveLength(10);
  });

  test('nonsense gets a verdict and no error', async () => {
    const [answer] = await db.query<{ verdict: string }>(
      "select verdict from sign_in(null, '\\x00', null, null, null)",
    );
    expect(answer?.verdict).toBe('invalid');
  });
});

describe('sessions', () => {
  test('end with sign-out, with their time, with their user; and are renewed by use', async () => {
    const desk = db.desk();
    const admin = await db.signIn(desk);
    const olga = await db.addUser(desk, { name: 'olga', role: 'operator' });
    const works = (token: string): Promise<unknown> => desk.central.withSession(token, (trx) => trx.raw('select 1'));

    await db.query("update user_session set expires_at = now() + interval '2 hours'");
    await works(olga.token);
    const [renewed] = await db.query<{ hours: number }>(
      `select extract(epoch from expires_at - now())::float / 3600 as hours from user_session
       where token_hash = $1`,
      [sha256(olga.token)],
    );
    expect(renewed?.hours).toBeGreaterThan(11.9);

    await db.query("update user_session set expires_at = now() - interval '1 second' where token_hash = $1", [
      sha256(olga.token),
    ]);
    await expect(works(olga.token)).rejects.toMatchObject({ code: 'session-ended', kind: 'not-permitted' });
    expect(await desk.identity.resume(olga.token)).toBeNull();

    const again = await desk.identity.signIn('olga', USER_PASSWORD);
    await desk.identity.disableUser(admin, 'OLGA');
    await expect(works(again.token)).rejects.toMatchObject({ code: 'session-ended' });

    await desk.identity.signOut(admin);
    await expect(works(admin.token)).rejects.toMatchObject({ code: 'session-ended' });
  });
});

describe('users', () => {
  test('are added with scopes by name, and listed with them', async () => {
    await makeTenants(db);
    const desk = db.desk();
    const admin = await db.signIn(desk);
    const carla = await db.addUser(desk, {
      name: 'carla',
      role: 'operator',
      providers: ['North'],
      customers: ['Acme'],
    });
    expect(carla.providerUids).toHaveLength(1);
    expect(carla.customerUids).toHaveLength(1);
    const nora = await db.addUser(desk, { name: 'nora', role: 'viewer', providers: ['North'] });
    expect(nora).toMatchObject({ customerUids: null });
    expect(await desk.identity.listUsers(admin)).toMatchObject([
      { name: 'admin', role: 'administrator', providers: [], customers: [], disabled: false },
      { name: 'carla', role: 'operator', providers: ['North'], customers: ['Acme'] },
      { name: 'nora', providers: ['North'], customers: [] },
    ]);
  });

  test('are refused with what is known when a name is not', async () => {
    await makeTenants(db);
    const desk = db.desk();
    const admin = await db.signIn(desk);
    const add = (user: object): Promise<unknown> =>
      desk.identity.addUser(admin, {
        name: 'x1',
        role: 'viewer',
        providers: [],
        customers: [],
        password: 'long enough to be one',
        ...user,
      });
    await expect(add({ providers: ['West'] })).rejects.toMatchObject({
      kind: 'usage',
      story: { code: 'provider-unknown', where: 'West', todo: 'Known: North, South.' },
    });
    await expect(add({ providers: ['North'], customers: ['Zeta'] })).rejects.toMatchObject({
      story: { code: 'customer-unknown', todo: 'Known: Acme, Bolt.' },
    });
    await expect(add({ name: 'Admin' })).rejects.toMatchObject({ code: 'user-exists' });
    await expect(add({ password: 'short' })).rejects.toMatchObject({ code: 'password-too-short' });
    await expect(desk.identity.disableUser(admin, 'nobody')).rejects.toMatchObject({ code: 'user-unknown' });
  });

  test('the last administrator stays, also when two disable each other at once', async () => {
    const desk = db.desk();
    const admin = await db.signIn(desk);
    await expect(desk.identity.disableUser(admin, 'admin')).rejects.toMatchObject({ code: 'last-administrator' });
    const second = await db.addUser(desk, { name: 'second', role: 'administrator' });
    const outcomes = await Promise.allSettled([
      desk.identity.disableUser(admin, 'second'),
      desk.identity.disableUser(second, 'admin'),
    ]);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    const active = await db.query('select from app_user where disabled_at is null');
    expect(active).toHaveLength(1);
  });

  test('an administrator of one provider gives away no more than that, and sees nobody beyond it', async () => {
    await makeTenants(db);
    const desk = db.desk();
    const local = await db.addUser(desk, { name: 'local', role: 'administrator', providers: ['North'] });
    const add = (user: object): Promise<unknown> =>
      desk.identity.addUser(local, {
        name: 'helper',
        role: 'operator',
        providers: [],
        customers: [],
        password: 'long enough to be one',
        ...user,
      });
    await expect(add({})).rejects.toMatchObject({ code: 'scope-too-wide' });
    await expect(add({ providers: ['South'] })).rejects.toMatchObject({
      story: { code: 'provider-unknown', todo: 'Known: North.' },
    });
    await add({ providers: ['North'] });
    expect((await desk.identity.listUsers(local)).map((user) => user.name)).toEqual(['helper', 'local']);
    await expect(desk.identity.disableUser(local, 'admin')).rejects.toMatchObject({ code: 'user-unknown' });
  });

  test('nobody else manages users, whatever the desk says', async () => {
    const desk = db.desk();
    const olga = await db.addUser(desk, { name: 'olga', role: 'operator' });
    await expect(desk.identity.listUsers(olga)).rejects.toMatchObject({ kind: 'not-permitted' });
    const forged = { ...olga, role: 'administrator' as const };
    await expect(desk.identity.listUsers(forged)).rejects.toMatchObject({ kind: 'not-permitted' });
    await expect(desk.identity.disableUser(forged, 'admin')).rejects.toMatchObject({ kind: 'not-permitted' });
  });
});
