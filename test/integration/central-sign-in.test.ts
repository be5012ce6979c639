import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../main/centraldb/migrate';
import { ADMIN_NAME, ADMIN_PASSWORD, startTestCentral, type TestCentral, type TestDatabase } from '../support/central';

let server: TestCentral;
let db: TestDatabase;
beforeAll(async () => {
  server = await startTestCentral();
  db = await server.fresh();
});
afterAll(() => server.stop());

describe('signing in', () => {
  test('the right password gives a session with role and scope, at this desk alone', async () => {
    const desk = db.desk('front desk');
    const session = await db.signIn(desk);
    expect(session).toMatchObject({ userName: 'admin', role: 'administrator', providerUids: null, customerUids: null });
    expect(session.expiresAt - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
    expect(await desk.identity.resume(session.token)).toMatchObject({ userUid: session.userUid });
    expect(await db.desk('other').identity.resume(session.token)).toBeNull();
    const stored = await db.query<{ token_hash: Buffer; desktop_name: string }>('select * from user_session');
    expect(stored[0]?.desktop_name).toBe('front desk');
    expect(JSON.stringify(stored)).not.toContain(session.token);
  });
});
