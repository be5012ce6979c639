import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { systemIds } from '../../main/lib/ids';
import { createAlertsService, type AlertsService } from '../../main/services/alerts';
import { createIdentifiersService, type IdentifiersService } from '../../main/services/identifiers';
import { startTestCentral, type TestCentral, type TestDatabase } from '../support/central';
import { makeTenants, type Tenant } from '../support/central-fixture';

/** What people say to the whole fleet: pauses, alerts, corrections. */
interface Person {
  readonly identifiers: IdentifiersService;
  readonly alerts: AlertsService;
}

// PostgreSQL, and scrypt for every sign-in, on a computer that does other things beside: how long it takes says nothing.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let server: TestCentral;
let db: TestDatabase;
let north: Tenant;
let south: Tenant;
beforeAll(async () => {
  server = await startTestCentral();
});
afterAll(() => server.stop());
beforeEach(async () => {
  db = await server.fresh();
  ({ north, south } = await makeTenants(db));
});

async function person(name: string, role: 'operator' | 'viewer' | 'approver', providers?: string[]): Promise<Person> {
  const desk = db.desk(`desk of ${name}`);
  const session = await db.addUser(desk, { name, role, ...(providers === undefined ? {} : { providers }) });
  const deps = { central: desk.central, session: () => session };
  return { identifiers: createIdentifiersService(deps), alerts: createAlertsService(deps) };
}

test('a pause holds on every desk that sees the provider, until anybody who may ends it', async () => {
  const olga = await person('olga', 'operator');
  const oscar = await person('oscar', 'operator');
  const victor = await person('victor', 'viewer');
  await olga.identifiers.pauseProvider(north.uid, 'maintenance');
  await olga.identifiers.pauseProvider(north.uid, 'again');
  expect(await oscar.identifiers.listPauses()).toMatchObject([
    { providerUid: north.uid, note: 'maintenance', by: 'olga' },
  ]);
  await expect(victor.identifiers.resumeProvider(north.uid)).rejects.toMatchObject({ code: 'not-permitted' });
  expect(await oscar.identifiers.resumeProvider(north.uid)).toBe(true);
  expect(await oscar.identifiers.resumeProvider(north.uid)).toBe(false);
  expect(await olga.identifiers.listPauses()).toEqual([]);
});

test('neither pauses nor alerts of a foreign provider are seen, made or ended', async () => {
  const olga = await person('olga', 'operator');
  const nora = await person('nora', 'operator', [north.name]);
  await olga.identifiers.pauseProvider(south.uid, 'theirs');
  await olga.alerts.raise({ providerUid: south.uid, code: 'callbacks-late', about: '', message: 'late' });
  expect(await nora.identifiers.listPauses()).toEqual([]);
  expect(await nora.alerts.list()).toEqual([]);
  await expect(nora.identifiers.pauseProvider(south.uid, 'x')).rejects.toMatchObject({ code: 'provider-unknown' });
  const [alert] = await olga.alerts.list();
  await expect(nora.alerts.acknowledge(alert?.uid ?? '')).rejects.toMatchObject({ code: 'alert-unknown' });
  expect(await olga.alerts.list()).toHaveLength(1);
});

test('an alert stands once on every desk until somebody acknowledges it, and may come again after', async () => {
  const olga = await person('olga', 'operator');
  const anna = await person('anna', 'approver');
  const alert = {
    providerUid: north.uid,
    code: 'failure-budget',
    about: '7',
    message: 'Change 7 has stopped',
  } as const;
  await olga.alerts.raise(alert);
  await olga.alerts.raise(alert);
  await olga.alerts.raise({ ...alert, about: '8' });
  expect((await anna.alerts.list()).map((one) => [one.code, one.raisedBy, one.providerName])).toEqual([
    ['failure-budget', 'olga', 'North'],
    ['failure-budget', 'olga', 'North'],
  ]);
  const [newest] = await anna.alerts.list();
  await anna.alerts.acknowledge(newest?.uid ?? '');
  await expect(anna.alerts.acknowledge(newest?.uid ?? '')).rejects.toMatchObject({ code: 'alert-unknown' });
  expect(await olga.alerts.list()).toHaveLength(1);
  await olga.alerts.raise({ ...alert, about: '8' });
  expect(await olga.alerts.list()).toHaveLength(2);
});

test('a row is corrected by its own desk alone, and not when it was applied', async () => {
  const olga = await person('olga', 'operator');
  const oscar = await person('oscar', 'operator');
  const line = north.lines[0];
  if (line === undefined) throw new Error('no line');
  const row = {
    ...{ uid: systemIds.uid(), rowNo: 1, deviceId: line.id, old: { iccid: line.iccid } },
    ...{ new: { iccid: '89148000009900000001' }, changeRequest: {} },
  };
  const change = {
    ...{ uid: systemIds.uid(), providerUid: north.uid, changeType: 'ChangeICCID', name: 'n', planHash: 'h' },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', createdBy: 'olga', request: {} },
  };
  const { grants } = await olga.identifiers.enrol(change, [row]);
  const corrected = { iccid: '89148000009900000002' };
  await expect(oscar.identifiers.editNew(row.uid, corrected)).rejects.toMatchObject({ code: 'edit-refused-centrally' });
  await olga.identifiers.editNew(row.uid, corrected);
  const update = {
    ...{ deviceChangeUid: row.uid, providerUid: north.uid, deviceId: line.id, old: row.old, new: corrected },
    ...{ customer: null, ratePlan: null, ratePool: null, effectiveDate: null, processedBy: 'olga' },
    fencing: grants[0]?.fencing ?? 0,
  };
  expect(await olga.identifiers.update(update)).toEqual({ kind: 'updated' });
  await expect(olga.identifiers.editNew(row.uid, row.new)).rejects.toMatchObject({ code: 'edit-refused-centrally' });
});
