import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/start-simulator';
import { systemClock } from '../../main/lib/clock';
import { openLocalDb } from '../../main/localdb/open';
import { createAuditService } from '../../main/services/audit';
import { createFakeCentral, type FakeCentral } from '../support/fake-central';
import { scaled } from '../support/scale';
import { newSim } from '../support/simulated-processing';

/**
 * Real SIGKILLs at every boundary of every transaction and foreign call of processing: queue, send, callback, read-back,
 * central update. After the next run every row is as the carrier's own record says, nothing was asked for twice, and
 * the trail has each step once.
 */
const ROWS = 8;
const PROGRAM = join('.cache', 'tests', `kill-child-${process.pid}.mjs`);

/** So that every path is walked: refused for now, lost before and after, changed and not told, silence. */
const FAULTS = [
  { endpoint: 'swap', nth: 2, fault: { kind: 'drop', when: 'after' } },
  { endpoint: 'swap', nth: 3, fault: { kind: 'drop', when: 'before' } },
  { endpoint: 'swap', nth: 5, fault: { kind: 'rate-limit' } },
  { endpoint: 'swap', nth: 6, fault: { kind: 'callback-lost' } },
  { endpoint: 'swap', nth: 7, fault: { kind: 'refuse', code: 'INPUT_INVALID.Device.Identifier.Invalid' } },
  { endpoint: 'swap', nth: 8, fault: { kind: 'callback-before-answer' } },
];

interface World {
  readonly dir: string;
  readonly simulator: Simulator;
  readonly central: FakeCentral;
  readonly server: Server;
  readonly lines: readonly { readonly mdn: string; readonly iccid: string }[];
}

async function newWorld(): Promise<World> {
  const simulator = await startSimulator({ lines: ROWS * 2, accounts: 1, latencyMs: [0, 40], faults: FAULTS });
  const central = createFakeCentral();
  const lines = simulator.control
    .lines({ account: simulator.accounts[0]?.account ?? '' })
    .filter((line) => line.state === 'active' && line.mdn !== null)
    .slice(0, ROWS)
    .map((line) => ({ mdn: line.mdn ?? '', iccid: line.iccid }));
  lines.forEach((line, index) => central.lines.set(index + 1, { iccid: line.iccid }));
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      const { name, args } = JSON.parse(text) as { name: keyof FakeCentral; args: unknown[] };
      const method = central[name] as (...all: unknown[]) => Promise<unknown>;
      void method(...args).then((value) => response.end(JSON.stringify({ value })));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { dir: mkdtempSync(join(tmpdir(), 'swapdesk-kill-')), simulator, central, server, lines };
}

async function endWorld(world: World): Promise<void> {
  await world.simulator.stop();
  world.server.closeAllConnections();
  await new Promise((done) => world.server.close(done));
  rmSync(world.dir, { recursive: true, force: true });
}

/** @returns how the process ended: a signal, or its exit code */
async function runChild(
  world: World,
  killAt: string | null,
  pointsFile: string | null = null,
): Promise<{ readonly how: string; readonly output: string }> {
  const order = {
    ...{ file: join(world.dir, 'local.sqlite'), simulatorUrl: world.simulator.url, killAt, pointsFile },
    centralUrl: `http://127.0.0.1:${(world.server.address() as AddressInfo).port}`,
    ...{ account: world.simulator.accounts[0]?.account ?? '', lines: world.lines },
  };
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (output += part));
  return new Promise((done) => {
    child.once('close', (code, signal) => done({ how: signal ?? String(code), output }));
  });
}

/** Everything that is wrong with what the kill has left; empty: nothing. */
async function wrongIn(world: World): Promise<readonly string[]> {
  const wrong: string[] = [];
  const db = await openLocalDb({ file: join(world.dir, 'local.sqlite') });
  try {
    const rows = await db.read.raw<{ row_no: number; status: string; needs_person: number }[]>(
      `select row_no, status, needs_person from m2m_device_change order by row_no`,
    );
    if (rows.length !== ROWS) wrong.push(`${rows.length} rows of ${ROWS}`);
    for (const { row_no: row, status, needs_person: person } of rows) {
      const line = world.lines[row - 1];
      const changed = world.simulator.control.line(line?.mdn ?? '')?.iccid === newSim(line?.iccid ?? '');
      const central = world.central.lines.get(row)?.iccid === newSim(line?.iccid ?? '');
      const right = changed ? status === 'processed' && central : status === 'error' && !central;
      if (!right) wrong.push(`row ${row}: ${status}${person === 1 ? ' for a person' : ''}, carrier ${changed}`);
    }
    const { doubles, repeats } = world.simulator.control.state().swaps;
    if (doubles + repeats > 0) wrong.push(`${doubles} doubled, ${repeats} asked for twice`);
    const audit = createAuditService({ local: db, writer: 'desktop:test:olivia', clock: systemClock });
    const verdict = await audit.verify([]);
    if (!verdict.ok) wrong.push(`trail ${verdict.problem}`);
    const counted = await db.read.raw<{ action: string; row: string; times: number }[]>(
      `select body ->> '$.action' as action, body ->> '$.row' as row, count(*) as times from audit_entry
       where body ->> '$.action' in ('change.submitted', 'row.confirmed', 'row.processed') group by 1, 2 having times > 1`,
    );
    for (const { action, row, times } of counted) wrong.push(`${action} of row ${row} stands ${times} times`);
    const missing = await db.read.raw<{ row_no: number }[]>(
      `select row_no from m2m_device_change r where r.status = 'processed' and not exists (
         select 1 from audit_entry where body ->> '$.action' = 'row.processed' and body ->> '$.deviceChange' = r.uid)`,
    );
    for (const { row_no: row } of missing) wrong.push(`row ${row} is processed and the trail does not say so`);
    const [check] = await db.read.raw<{ integrity_check: string }[]>(`pragma integrity_check`);
    if (check?.integrity_check !== 'ok') wrong.push(`integrity: ${check?.integrity_check ?? ''}`);
    const [jobs] = await db.read.raw<{ jobs: number }[]>(`select count(*) as jobs from job where state <> 'dead'`);
    if ((jobs?.jobs ?? 0) > 0) wrong.push(`${jobs?.jobs ?? 0} jobs are left`);
  } finally {
    await db.close();
  }
  return wrong;
}

async function killAndGoOn(name: string): Promise<{ readonly killed: boolean; readonly wrong: readonly string[] }> {
  const world = await newWorld();
  try {
    const first = await runChild(world, name);
    const killed = first.how === 'SIGKILL';
    const second = await runChild(world, null);
    return {
      killed,
      wrong: [
        ...(killed ? [] : [`was not reached (${first.how})`]),
        ...(second.how === '0' ? [] : [`the next run ended with ${second.how} ${second.output}`]),
        ...(await wrongIn(world)),
      ],
    };
  } finally {
    await endWorld(world);
  }
}

let points: readonly string[] = [];
beforeAll(async () => {
  await build({
    entryPoints: ['test/support/kill-child.ts'],
    outfile: PROGRAM,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    loader: { '.sql': 'text' },
  });
  const world = await newWorld();
  const file = join(world.dir, 'points.txt');
  const { how, output } = await runChild(world, null, file);
  expect([how, output]).toEqual(['0', expect.stringContaining('idle')]);
  expect(await wrongIn(world)).toEqual([]);
  points = readFileSync(file, 'utf8').trim().split('\n');
  await endWorld(world);
});
afterAll(() => {
  if (existsSync(PROGRAM)) rmSync(PROGRAM);
});

describe('SIGKILL at a named point', () => {
  it('leaves nothing lost and nothing doubled, at each of them', { timeout: 900_000 }, async () => {
    expect(points.length).toBeGreaterThanOrEqual(40);
    const every = scaled(1, 5);
    const chosen = points.filter((_, index) => index % every === 0);
    const bad: string[] = [];
    let kills = 0;
    const waiting = [...chosen];
    const work = async (): Promise<void> => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const { killed, wrong } = await killAndGoOn(name);
        if (killed) kills += 1;
        bad.push(...wrong.map((what) => `${name}: ${what}`));
      }
    };
    // Most of the time each process waits for the carrier.
    await Promise.all([work(), work(), work()]);
    console.log(`named points ${points.length}, kills ${kills}`);
    expect(bad).toEqual([]);
    expect(kills).toBe(chosen.length);
  });
});
