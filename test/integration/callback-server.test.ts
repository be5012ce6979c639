import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCentralDb } from '../../main/centraldb';
import { withClient } from '../../main/centraldb/migrate';
import { RECEIVER_ROLE } from '../../main/centraldb/roles';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { storeCallbacks } from '../../main/services/sync/central.repo';
import { luhnCheckDigit } from '../../shared/domain/luhn';
import { startCarrier, type CarrierProcess } from '../support/carrier-process';
import { startTestCentral, type TestCentral } from '../support/central';
import { makeTenants } from '../support/central-fixture';
import { newDesk, newFolder, type Desk, type Running } from '../support/cli';

const RECEIVER = { SWAPDESK_USER: 'callbacks', SWAPDESK_PASSWORD: 'a-service-password' };
const LOGIN = { username: 'callback-user', password: 'callback-password' };
const ENVIRONMENT = {
  ...{ SWAPDESK_USER: 'chief', SWAPDESK_PASSWORD: 'correct-horse-battery' },
  SWAPDESK_CREDENTIALS: 'memory',
  SWAPDESK_CREDENTIALS_JSON: JSON.stringify({
    Acme: {
      clientId: 'training-key-1',
      clientSecret: 'training-secret-1',
      username: 'training-user-1',
      password: 'training-password-1',
    },
  }),
  // No read-back within the test: what confirms a row is the callback.
  SWAPDESK_FIRST_READ_BACK_MS: '600000',
};

interface Row {
  readonly status: string;
  readonly requestId: string | null;
}

describe('callbacks that come to a server', () => {
  let carrier: CarrierProcess;
  let desk: Desk;
  beforeAll(async () => {
    carrier = await startCarrier(['--lines', '40', '--seed', '7', '--state', join(newFolder('carrier'), 's.jsonl')]);
    desk = newDesk(ENVIRONMENT);
  });
  afterAll(async () => {
    await carrier.stop();
    desk.dispose();
  });

  const listening = async (receiver: Running): Promise<string> => {
    const address = /listening on (\S+)/;
    await expect.poll(() => receiver.stderr(), { timeout: 60_000 }).toMatch(address);
    return address.exec(receiver.stderr())?.[1] ?? '';
  };
  const rowsOf = async (change: string): Promise<readonly Row[]> =>
    (await desk.run(['change', 'show', change, '--rows', '--json'])).json<{ rows: readonly Row[] }>().rows;

  it('confirm a change at another desk, at once, and nobody needs the carrier’s account for that', async () => {
    await desk.run(['central', 'init', '--url', 'embedded', '--json']);
    const provider = ['--account', '0000123456-00001', '--base-url', carrier.url, '--rate', 'none'];
    const callbackUrl = ['--callback-url', 'https://callbacks.example/acme'];
    expect((await desk.run(['provider', 'add', '--name', 'Acme', ...provider, ...callbackUrl])).code).toBe(0);
    expect((await desk.run(['devices', 'refresh', '--provider', 'Acme'])).code).toBe(0);
    const added = await desk.run(['user', 'add', RECEIVER.SWAPDESK_USER, '--role', 'receiver', '--provider', 'Acme'], {
      env: { SWAPDESK_NEW_PASSWORD: RECEIVER.SWAPDESK_PASSWORD },
    });
    expect(added.stderr).toBe('');

    const receiver = desk.start(['callbacks', 'serve', '--port', '0', '--json'], {
      env: { ...RECEIVER, SWAPDESK_CREDENTIALS_JSON: '{}', SWAPDESK_CALLBACKS_JSON: JSON.stringify({ Acme: LOGIN }) },
    });
    const url = `${await listening(receiver)}/acme`;

    const answer = await fetch(`${carrier.url}/__control/lines?account=0000123456-00001&limit=100`);
    const lines = ((await answer.json()) as { iccid: string; mdn: string | null; state: string }[]).filter(
      (line) => line.state === 'active' && line.mdn !== null,
    );
    const list = join(newFolder('lists'), 'swaps.csv');
    const rows = lines.slice(0, 3).map(({ mdn, iccid }, index) => {
      const stem = `8914877${String(index).padStart(12, '0')}`;
      return `${mdn},${iccid},${stem}${luhnCheckDigit(stem)}`;
    });
    writeFileSync(list, ['MDN,Old ICCID,New ICCID', ...rows].join('\n'));
    const draft = (await desk.run(['import', list, '--provider', 'Acme', '--json'])).json<{ draftId: number }>();
    const change = (await desk.run(['submit', String(draft.draftId), '--json'])).json<{ bulkChangeId: number }>();
    const id = String(change.bulkChangeId);
    const processor = desk.start(['run', '--until-idle', '--timeout', '90', '--json']);
    await expect
      .poll(async () => (await rowsOf(id)).every(({ status }) => status === 'submitted'), { timeout: 60_000 })
      .toBe(true);

    const report = (requestId: string, login: object) =>
      fetch(url, { method: 'POST', body: JSON.stringify({ ...login, requestId, status: 'Success', deviceIds: [] }) });
    for (const { requestId } of await rowsOf(id)) {
      expect((await report(requestId ?? '', { ...LOGIN, password: 'guessed' })).status).toBe(401);
      expect((await report(requestId ?? '', LOGIN)).status).toBe(200);
    }
    const ended = await processor.ended;
    expect(ended.json()).toMatchObject({ reason: 'idle', processed: 3 });
    expect((await rowsOf(id)).map(({ status }) => status)).toEqual(['processed', 'processed', 'processed']);

    receiver.process.kill('SIGTERM');
    expect((await receiver.ended).json()).toEqual({ waiting: 0 });
  });

  it('are received by an account that can do nothing else', async () => {
    for (const words of [
      ['devices', 'find', '8914'],
      ['change', 'list'],
      ['run', '--until-idle'],
      ['user', 'list'],
    ])
      expect([words, (await desk.run(words, { env: RECEIVER })).code]).toEqual([words, 3]);
    expect((await desk.run(['callbacks', 'serve', '--port', '0'], { env: { SWAPDESK_USER: '' } })).code).toBe(3);
  });
});

describe('the database role of a receiver', () => {
  let central: TestCentral;
  beforeAll(async () => {
    central = await startTestCentral();
  });
  afterAll(() => central.stop());

  it('stores callbacks of its providers, and reads neither lines nor changes nor callbacks', async () => {
    const database = await central.fresh();
    const { north, south } = await makeTenants(database);
    const desk = database.desk();
    await database.addUser(desk, { name: 'callbacks', role: 'receiver', providers: [north.name] });
    await database.query(`create role callback_login login password 'x' in role ${RECEIVER_ROLE}`);
    const connection = { ...database.desktop, user: 'callback_login', password: 'x' };
    const session = await database.signIn(desk, 'callbacks');
    const receiver = openCentralDb({ connect: async () => connection, log: silentLog });
    try {
      const store = (providerUid: string) =>
        receiver.withSession(session.token, (trx) =>
          storeCallbacks(trx, session, [
            {
              uid: systemIds.uid(),
              body: {
                ...{ providerUid, requestId: 'r-1', status: 'success', digest: 'a'.repeat(64) },
                ...{ callback: {}, receivedAt: 1 },
              },
            },
          ]),
        );
      await store(north.uid);
      await store(north.uid);
      await store(south.uid);
      expect(await database.query('select provider_id, request_id from thingspace_callback_log')).toHaveLength(1);
      for (const table of [
        'device',
        'customer',
        'bulk_change',
        'm2m_device_change',
        'thingspace_callback_log',
        'alert',
      ])
        await expect(
          receiver.withSession(session.token, (trx) => trx.raw(`select 1 from ${table}`)),
          table,
        ).rejects.toThrow(/permission denied/);
      await withClient(connection, async (client) => {
        await expect(client.query('set role swapdesk_desktop')).rejects.toThrow(/permission denied/);
      });
    } finally {
      await receiver.close();
    }
  });
});
