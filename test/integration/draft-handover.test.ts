import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Session } from '../../main/services/identity';
import { startTestCentral, type TestCentral, type TestDatabase } from '../support/central';
import { makeTenants, type Tenants } from '../support/central-fixture';
import { draftsHere, pageOf, type DraftsHere } from '../support/drafts-here';
import { iccid, importHere } from '../support/import-here';
import { PROVIDER } from '../support/mirror';
import { openTestDb, type TestDb } from '../support/local-db';

interface Workplace extends DraftsHere {
  readonly local: TestDb;
}

let server: TestCentral;
let db: TestDatabase;
let tenants: Tenants;
const workplaces: Workplace[] = [];

beforeAll(async () => {
  server = await startTestCentral();
});
afterAll(() => server.stop());
beforeEach(async () => {
  db = await server.fresh();
  tenants = await makeTenants(db);
});
afterEach(async () => {
  await Promise.all(workplaces.splice(0).map(({ local }) => local.close()));
});

/** A desk of its own with somebody at it. */
async function workplace(name: string, part: Partial<Parameters<TestDatabase['addUser']>[1]> = {}): Promise<Workplace> {
  const desk = db.desk(name);
  const session: Session = await db.addUser(desk, { name, role: 'preparer', providers: ['North'], ...part });
  const local = await openTestDb();
  const here = draftsHere(local, (fn) => desk.central.withSession(session.token, fn));
  here.become({ userName: name, role: session.role, providerUids: session.providerUids });
  const made = { ...here, local };
  workplaces.push(made);
  return made;
}

async function importAt({ local }: Workplace): Promise<number> {
  const rows = [`${iccid(1)},${iccid(101)}`, `${iccid(2)},8914`];
  const request = { providerUid: tenants.north.uid, createdBy: 'olga' };
  return (await importHere(local, ['old iccid,new iccid', ...rows].join('\n'), request)).draftId;
}

test('a draft goes to another desk whole, and is in one place only', async () => {
  const [olga, paul] = [await workplace('olga'), await workplace('paul')];
  const id = await importAt(olga);
  await olga.drafts.editRow(id, 2, { note: 'box 7' });
  const before = (await olga.drafts.rows(id, pageOf())).rows;
  await olga.drafts.share(id, 'the rest is in box 7');
  expect(await olga.drafts.list()).toEqual([]);

  const [shared, ...others] = await paul.drafts.shared();
  expect(others).toEqual([]);
  expect(shared).toMatchObject({ rows: 2, note: 'the rest is in box 7', sharedBy: 'olga', providerName: 'North' });
  const taken = await paul.drafts.takeOver(shared?.uid ?? '');
  expect((await paul.drafts.rows(taken.id, pageOf())).rows).toEqual(before);
  expect(await paul.drafts.shared()).toEqual([]);
  await expect(olga.drafts.takeOver(shared?.uid ?? '')).rejects.toMatchObject({ code: 'shared-draft-gone' });
  const edited = await paul.drafts.editRow(taken.id, 2, { newIccid: iccid(102) });
  expect(edited.draft).toMatchObject({ error: 0 });
  expect(olga.audited.map(({ action }) => action)).toContain('draft.shared');
  expect(paul.audited.map(({ action, actor }) => [action, actor])).toContainEqual(['draft.taken-over', 'paul']);
});

test('of two who take it at once, one has it', async () => {
  const [olga, paul, rosa] = [await workplace('olga'), await workplace('paul'), await workplace('rosa')];
  const id = await importAt(olga);
  const { uid } = await olga.drafts.get(String(id));
  await olga.drafts.share(id, '');
  const tries = await Promise.allSettled([paul.drafts.takeOver(uid), rosa.drafts.takeOver(uid)]);
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('users of other providers, and of some customers only, do not see it', async () => {
  const olga = await workplace('olga');
  const id = await importAt(olga);
  const { uid } = await olga.drafts.get(String(id));
  await olga.drafts.share(id, '');
  for (const other of [
    await workplace('sven', { providers: ['South'] }),
    await workplace('aida', { customers: ['Acme'] }),
  ]) {
    expect(await other.drafts.shared()).toEqual([]);
    await expect(other.drafts.takeOver(uid)).rejects.toMatchObject({ code: 'shared-draft-gone' });
  }
});

test('a draft whose arrival is uncertain is locked, and sharing it again settles it', async () => {
  const [olga, paul] = [await workplace('olga'), await workplace('paul')];
  const id = await importAt(olga);
  const { uid } = await olga.drafts.get(String(id));
  await olga.local.write((trx) => trx.raw(`update draft set sharing = '{"note":""}' where id = ?`, [id]));
  await expect(olga.drafts.editRow(id, 1, { note: 'x' })).rejects.toMatchObject({ code: 'draft-being-shared' });
  const draft = await olga.drafts.get(String(id));
  const choice = { onlyValid: true, acceptWarnings: true };
  await expect(olga.local.write((trx) => olga.drafts.takeRows(trx, draft, PROVIDER, choice))).rejects.toMatchObject({
    code: 'draft-being-shared',
  });
  await olga.drafts.share(id, '');
  expect((await paul.drafts.takeOver(uid)).rows).toBe(2);
});
