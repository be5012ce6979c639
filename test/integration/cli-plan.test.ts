import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { luhnCheckDigit } from '../../shared/domain/luhn';
import { startCarrier, type CarrierProcess } from '../support/carrier-process';
import { newDesk, newFolder, type Desk } from '../support/cli';

interface CarrierLine {
  readonly iccid: string;
  readonly mdn: string | null;
  readonly state: string;
}

interface Plan {
  readonly rows: number;
  readonly deletes: number;
  readonly planHash: string;
  readonly requests: readonly {
    readonly row: number;
    readonly purpose: string;
    readonly method: string;
    readonly path: string;
    readonly body: unknown;
    readonly after: readonly number[];
  }[];
}

const ENVIRONMENT = {
  SWAPDESK_USER: 'chief',
  SWAPDESK_PASSWORD: 'correct-horse-battery',
  SWAPDESK_CREDENTIALS: 'memory',
  SWAPDESK_FIRST_READ_BACK_MS: '1500',
  SWAPDESK_CREDENTIALS_JSON: JSON.stringify({
    Acme: {
      clientId: 'training-key-1',
      clientSecret: 'training-secret-1',
      username: 'training-user-1',
      password: 'training-password-1',
    },
  }),
};

function newIccid(number: number): string {
  const stem = `8914877${String(number).padStart(12, '0')}`;
  return `${stem}${luhnCheckDigit(stem)}`;
}

/** Cards that go round among the lines, and one that a deactivated line still has: with the carrier and the database. */
describe('a list with a chain and a card to be deleted first', () => {
  let carrier: CarrierProcess;
  let desk: Desk;
  let draft: string;
  let plan: Plan;

  beforeAll(async () => {
    carrier = await startCarrier(['--lines', '120', '--seed', '5', '--latency-ms', '50']);
    desk = newDesk(ENVIRONMENT);
    const answer = await fetch(`${carrier.url}/__control/lines?account=0000123456-00001&limit=1000`);
    const lines = (await answer.json()) as CarrierLine[];
    const active = lines.filter((line) => line.state === 'active' && line.mdn !== null);
    const gone = lines.find((line) => line.state === 'deactive');
    const [first, second, third, fourth] = active.map(({ iccid }) => iccid);
    await desk.run(['central', 'init', '--url', 'embedded', '--json']);
    const provider = ['--account', '0000123456-00001', '--base-url', carrier.url, '--rate', 'none'];
    await desk.run(['provider', 'add', '--name', 'Acme', ...provider]);
    await desk.run(['devices', 'refresh', '--provider', 'Acme']);
    const file = join(newFolder('lists'), 'round.csv');
    const pairs = [
      [first, second],
      [second, third],
      [third, newIccid(1)],
      [fourth, gone?.iccid],
    ];
    writeFileSync(file, ['Old ICCID,New ICCID', ...pairs.map((pair) => pair.join(','))].join('\n'));
    const imported = (await desk.run(['import', file, '--provider', 'Acme', '--json'])).json<{ draftId: number }>();
    expect(imported).toMatchObject({
      ...{ rows: 4, valid: 3, warning: 1, error: 0 },
      findings: { chain: 2, 'target-deactivated': 1 },
    });
    draft = String(imported.draftId);
  });
  afterAll(async () => {
    await carrier.stop();
    desk.dispose();
  });

  it('is planned in the order of sending, the deletion before its swap', async () => {
    plan = (await desk.run(['draft', 'plan', draft, '--accept-warnings', '--json'])).json<Plan>();
    expect(plan).toMatchObject({ rows: 4, deletes: 1 });
    expect(plan.requests.map(({ row, purpose, after }) => [row, purpose, after])).toEqual([
      [3, 'swap', []],
      [2, 'swap', [3]],
      [1, 'swap', [2]],
      [4, 'delete', []],
      [4, 'swap', []],
    ]);
    const text = (await desk.run(['draft', 'plan', draft, '--accept-warnings'])).stdout;
    expect(text).toContain('4 rows, 1 deletions before them');
    expect(text).toContain('after row 3');
  });

  it('is carried out as planned, to the last digit, and ends in both databases', async () => {
    const submit = (hash: string) => desk.run(['submit', draft, '--accept-warnings', '--plan', hash, '--json']);
    expect((await submit(plan.planHash.slice(0, 12))).code).toBe(2);
    const moved = await submit('0'.repeat(64));
    expect([moved.code, moved.stderr]).toEqual([1, expect.stringContaining('no longer what its dry run showed')]);
    const submitted = (await submit(plan.planHash)).json<{ bulkChangeId: number }>();
    expect(submitted).toMatchObject({ rows: 4, planHash: plan.planHash });
    const run = await desk.run(['run', '--until-idle', '--timeout', '240', '--json']);
    expect(run.code, run.stdout + run.stderr).toBe(0);
    const id = String(submitted.bulkChangeId);
    const shown = (await desk.run(['change', 'show', id, '--rows', '--json'])).json<{ rows: { status: string }[] }>();
    expect(shown).toMatchObject({ status: 'processed' });

    const calls = (await desk.run(['audit', 'search', '--change', id, '--stream', 'api', '--json'])).json<{
      entries: { row: number; details: { method: string; path: string; request: unknown } }[];
    }>();
    const sent = calls.entries.filter(({ details }) => /deviceId$|delete$/.test(details.path));
    const planned = plan.requests.map(({ row, method, path, body }) => ({ row, method, path, body }));
    const done = sent.map(({ row, details: { method, path, request } }) => ({ row, method, path, body: request }));
    expect(done).toHaveLength(planned.length);
    expect(done).toEqual(expect.arrayContaining(planned));
  });

  it('warns of an old copy of the lines from when the person wants it', async () => {
    expect((await desk.run(['sync', '--stale-after', '0'])).code).toBe(2);
    expect((await desk.run(['sync', '--stale-after', '48'])).code).toBe(0);
  });
});
