import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { luhnCheckDigit } from '../../shared/domain/luhn';
import { appliedSwaps, startCarrier, type CarrierProcess } from '../support/carrier-process';
import { newDesk, newFolder, type Desk } from '../support/cli';

interface CarrierLine {
  readonly iccid: string;
  readonly imei: string;
  readonly mdn: string;
  readonly state: string;
}

const ADMINISTRATOR = { SWAPDESK_USER: 'chief', SWAPDESK_PASSWORD: 'correct-horse-battery' };
const CREDENTIALS = {
  SWAPDESK_CREDENTIALS: 'memory',
  SWAPDESK_FIRST_READ_BACK_MS: '1500',
  SWAPDESK_CREDENTIALS_JSON: JSON.stringify({
    Acme: {
      clientId: 'training-key-1',
      clientSecret: 'training-secret-1',
      username: 'training-user-1',
      password: 'training-password-1',
    },
    Broken: {
      clientId: 'training-key-1',
      clientSecret: 'training-secret-1',
      username: 'training-user-1',
      password: 'wrong',
    },
  }),
};

/** A valid ICCID that no line has. */
function newIccid(number: number): string {
  const stem = `8914877${String(number).padStart(12, '0')}`;
  return `${stem}${luhnCheckDigit(stem)}`;
}

describe('the command line, from a new data folder to the report', () => {
  const stateFile = join(newFolder('carrier'), 'state.jsonl');
  let carrier: CarrierProcess;
  let desk: Desk;
  let lines: readonly CarrierLine[];

  beforeAll(async () => {
    carrier = await startCarrier(['--lines', '120', '--seed', '5', '--latency-ms', '50', '--state', stateFile]);
    desk = newDesk({ ...ADMINISTRATOR, ...CREDENTIALS });
    const answer = await fetch(`${carrier.url}/__control/lines?account=0000123456-00001&limit=1000`);
    lines = ((await answer.json()) as CarrierLine[]).filter((line) => line.state === 'active' && line.mdn !== null);
  });
  afterAll(async () => {
    await carrier.stop();
    desk.dispose();
  });

  it('asks for a central database before anything else, and makes one', async () => {
    expect((await desk.run(['provider', 'list'])).code).toBe(2);
    const made = await desk.run(['central', 'init', '--url', 'embedded', '--json']);
    expect(made.json()).toMatchObject({ address: 'embedded', administrator: 'chief' });
  });

  it('refuses a database address that holds a password, and keeps it out of what it says', async () => {
    const refused = await desk.run(['central', 'init', '--url', 'postgres://kim:hunter2secret@127.0.0.1/db', '--json']);
    expect(refused.code).toBe(2);
    expect(refused.stdout + refused.stderr).not.toContain('hunter2secret');
  });

  it('loads the lines of a provider from the carrier', async () => {
    const provider = [
      '--account',
      '0000123456-00001',
      '--base-url',
      carrier.url,
      '--rate',
      'none',
      '--concurrency',
      '4',
    ];
    expect((await desk.run(['provider', 'add', '--name', 'Acme', ...provider, '--json'])).json()).toMatchObject({
      name: 'Acme',
      account: '0000123456-00001',
      ratePerMinute: null,
    });
    const loaded = (await desk.run(['devices', 'refresh', '--provider', 'Acme', '--json'])).json<{
      read: number;
      inserted: number;
    }>();
    expect(loaded.read).toBeGreaterThan(lines.length - 1);
    expect(loaded.inserted).toBe(loaded.read);
    const found = await desk.run(['devices', 'find', lines[0]?.mdn ?? '', '--json']);
    expect(found.json<{ devices: { iccid: string }[] }>().devices[0]?.iccid).toBe(lines[0]?.iccid);
  });

  it('imports, shows, plans, submits, processes and reports a list', async () => {
    const file = join(newFolder('lists'), 'swaps.csv');
    const rows = lines.slice(0, 12).map((line, index) => `${line.mdn},${line.iccid},${newIccid(index)}`);
    writeFileSync(
      file,
      ['MDN,Old ICCID,New ICCID', ...rows, '', `${lines[12]?.mdn},${lines[12]?.iccid},8.91E+19`].join('\r\n'),
    );

    const imported = (await desk.run(['import', file, '--provider', 'Acme', '--json'])).json<{ draftId: number }>();
    expect(imported).toMatchObject({
      rows: 13,
      valid: 12,
      warning: 0,
      error: 1,
      findings: { 'scientific-notation': 1 },
    });
    const draft = String(imported.draftId);
    const shown = (await desk.run(['draft', 'show', draft, '--only', 'error', '--json'])).json<{
      rows: { line: number }[];
    }>();
    expect(shown.rows).toMatchObject([{ line: 15, verdict: 'error' }]);

    expect((await desk.run(['submit', draft, '--json'])).code).toBe(1);
    const plan = (await desk.run(['draft', 'plan', draft, '--only', 'valid', '--json'])).json<{
      planHash: string;
      requests: unknown[];
    }>();
    expect(plan.requests).toHaveLength(12);
    const submitted = (await desk.run(['submit', draft, '--only', 'valid', '--json'])).json<{ bulkChangeId: number }>();
    expect(submitted).toMatchObject({ rows: 12, planHash: plan.planHash });
    const change = String(submitted.bulkChangeId);

    const run = await desk.run(['run', '--until-idle', '--timeout', '90', '--json']);
    expect({ code: run.code, ...run.json() }).toMatchObject({
      code: 0,
      reason: 'idle',
      processed: 12,
      error: 0,
      open: 0,
    });

    const ended = (await desk.run(['change', 'show', change, '--rows', '--json'])).json<{
      status: string;
      rows: { status: string; attempts: number; new: { iccid: string }; disposition: { proof: string } }[];
    }>();
    expect(ended.status).toBe('processed');
    expect(ended.rows.map((row) => [row.status, row.attempts])).toEqual(Array(12).fill(['processed', 1]));
    // The carrier's own record agrees, row by row.
    const applied = appliedSwaps(stateFile).map((swap) => swap.to.iccid);
    expect([...applied].sort()).toEqual(ended.rows.map((row) => row.new.iccid).sort());

    for (const format of ['pdf', 'csv', 'json']) {
      const out = join(newFolder('reports'), `report.${format}`);
      expect((await desk.run(['report', change, '--format', format, '--out', out])).code).toBe(0);
      expect(existsSync(out)).toBe(true);
      if (format === 'pdf') expect(readFileSync(out).subarray(0, 5).toString()).toBe('%PDF-');
      else expect(readFileSync(out, 'utf8')).toContain(newIccid(0));
    }
    const queue = (await desk.run(['queue', 'stats', '--json'])).json();
    expect(queue).toMatchObject({ waiting: 0, working: 0, dead: 0 });
  });

  it('finds in the trail what was done, and proves it unbroken, also outside Swapdesk', async () => {
    const verdict = (await desk.run(['audit', 'verify', '--json'])).json<{ ok: boolean; entries: number }>();
    expect(verdict.ok).toBe(true);
    const found = (await desk.run(['audit', 'search', newIccid(3), '--json'])).json<{ total: number }>();
    expect(found.total).toBeGreaterThan(0);
    const out = join(newFolder('audit'), 'audit.json');
    const exported = (await desk.run(['audit', 'export', '--format', 'json', '--out', out, '--json'])).json<{
      entries: number;
    }>();
    expect(exported.entries).toBeGreaterThanOrEqual(verdict.entries);
    expect((await desk.run(['audit', 'verify', out])).code).toBe(0);
    writeFileSync(out, readFileSync(out, 'utf8').replace(newIccid(3), newIccid(4)));
    const tampered = await desk.run(['audit', 'verify', out, '--json']);
    expect(tampered.code).toBe(1);
    expect(tampered.json()).toMatchObject({ ok: false });
  });

  it('lets each role do its work and audits what it refuses', async () => {
    const added = await desk.run(['user', 'add', 'vera', '--role', 'viewer', '--json'], {
      env: { SWAPDESK_NEW_PASSWORD: 'only-looks-at-things' },
    });
    expect(added.json()).toMatchObject({ name: 'vera', role: 'viewer' });
    const vera = { env: { SWAPDESK_USER: 'vera', SWAPDESK_PASSWORD: 'only-looks-at-things' } };
    expect((await desk.run(['change', 'list', '--json'], vera)).code).toBe(0);
    const refused = await desk.run(['submit', '1', '--json'], vera);
    expect(refused.code).toBe(3);
    expect(refused.json()).toMatchObject({ error: { code: 'not-permitted' } });
    expect((await desk.run(['user', 'disable', 'vera'])).code).toBe(0);
    expect((await desk.run(['change', 'list'], vera)).code).toBe(3);
  });

  it('says that the carrier refused the credentials, and stops before it locks the account', async () => {
    const provider = ['--account', '0000123456-00001', '--base-url', carrier.url];
    expect((await desk.run(['provider', 'add', '--name', 'Broken', ...provider])).code).toBe(0);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const tested = await desk.run(['credentials', 'test', 'Broken', '--json']);
      expect({ code: tested.code, ok: tested.json<{ ok: boolean }>().ok }).toEqual({ code: 1, ok: false });
    }
    const requests = (await (await fetch(`${carrier.url}/__control/requests`)).json()) as {
      endpoint: string;
      status: number;
    }[];
    const refusedLogins = requests.filter((request) => request.endpoint.includes('login') && request.status === 400);
    expect(refusedLogins.length).toBe(2);
    expect((await desk.run(['provider', 'unlock', 'Broken'])).code).toBe(0);
  });

  it('says that the carrier can’t be reached', async () => {
    const provider = ['--account', '0000123456-00001', '--base-url', 'http://127.0.0.1:9'];
    expect((await desk.run(['provider', 'set', 'Acme', ...provider.slice(2)])).code).toBe(0);
    const tested = await desk.run(['credentials', 'test', 'Acme', '--json']);
    expect(tested.code).toBe(1);
    expect(tested.json<{ error: { class: string } }>().error.class).toBe('api_transient');
  });
});
