import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileJournal, readJournal, StateFileError } from './journal';
import type { StateRecord } from './records';
import { startSimulator } from './start-simulator';
import { SOON, activeLines, connect, freeIccid, startListener } from './test-client';

let dir = '';
let path = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'simulator-'));
  path = join(dir, 'state.jsonl');
});
afterEach(() => rm(dir, { recursive: true }));

const clock = (offsetMs: number): StateRecord => ({ type: 'clock', offsetMs });
async function read(): Promise<StateRecord[]> {
  const records: StateRecord[] = [];
  for await (const record of readJournal(path)) records.push(record);
  return records;
}

describe('the file', () => {
  test('what is settled is there, whole and in order', async () => {
    const journal = await FileJournal.create(path, [clock(0)]);
    for (let number = 1; number <= 500; number += 1) journal.write(clock(number));
    expect(journal.unsettled).toBe(true);
    await journal.settled();
    expect(await read()).toEqual(Array.from({ length: 501 }, (_, number) => clock(number)));
    await journal.close();
    expect(journal.unsettled).toBe(false);
  });

  test('rewriting leaves only what is given, and goes on', async () => {
    const journal = await FileJournal.create(path, [clock(0)]);
    journal.write(clock(1));
    await journal.rewrite([clock(7)]);
    journal.write(clock(8));
    await journal.close();
    expect(await read()).toEqual([clock(7), clock(8)]);
  });

  test('no file is no records; a torn end is dropped; damage inside is an error', async () => {
    expect(await read()).toEqual([]);
    await writeFile(path, `${JSON.stringify(clock(1))}\n{"type":"clo`);
    expect(await read()).toEqual([clock(1)]);
    await appendFile(path, `\n${JSON.stringify(clock(2))}\n`);
    await expect(read()).rejects.toThrow(StateFileError);
    await expect(read()).rejects.toThrow(':2:');
  });

  test('a foreign file is refused', async () => {
    await writeFile(path, '{"name":"something else"}\n');
    await expect(startSimulator({ state: path })).rejects.toThrow('not a state file');
  });
});

describe('going on', () => {
  test('lines, tokens, sessions, listeners, clock, locks and waiting swaps outlive the process', async () => {
    const listener = await startListener();
    const first = await startSimulator({ state: path, lines: 12, seed: 5, latencyMs: 60_000 });
    const mine = await connect(first);
    await mine.listen(listener.url);
    const [a, b] = activeLines(first, mine.account);
    if (a === undefined || b === undefined) expect.fail('too few lines');
    await mine.swapIccid(a.iccid, freeIccid(1));
    await first.control.advance(60_000);
    await mine.swapIccid(b.iccid, freeIccid(2));
    const before = first.control.state();
    await first.stop();

    const second = await startSimulator({ state: path, lines: 99, seed: 1, latencyMs: 0 });
    expect(second.restored).toBe(true);
    expect(second.control.lines().length).toBe(12);
    expect(second.control.state().clockOffsetMs).toBe(before.clockOffsetMs);
    expect(second.control.state().swaps).toMatchObject({ applied: 1, waiting: 1 });
    await second.control.advance(60_000);
    expect(second.control.line(freeIccid(2))?.deviceId).toBe(b.deviceId);
    await expect.poll(() => listener.received.length, SOON).toBe(2);
    const listed = await fetch(`${second.url}/api/m2m/v1/devices/actions/list`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${mine.token}`, 'VZ-M2M-Token': mine.session },
      body: '{}',
    });
    expect(listed.status).toBe(200);
    await second.stop();
    await listener.stop();
  });

  test('killed between the change and its callback, the callback is made up for', async () => {
    const listener = await startListener();
    const first = await startSimulator({ state: path, lines: 6, latencyMs: 0 });
    const mine = await connect(first);
    await mine.listen(listener.url);
    const [line] = activeLines(first, mine.account);
    const answer = await mine.swapIccid(line?.iccid ?? '', freeIccid(1));
    await expect.poll(() => listener.received.length, SOON).toBe(1);
    await first.stop();
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.slice(0, text.indexOf('{"type":"line",', text.indexOf('{"type":"swap"'))));

    const second = await startSimulator({ state: path });
    await expect.poll(() => listener.received.length, SOON).toBe(2);
    const [told, again] = listener.received;
    expect(again).toEqual(told);
    expect(again?.requestId).toBe(answer.json['requestId']);
    expect(second.control.line(freeIccid(1))?.deviceId).toBe(line?.deviceId);
    await second.stop();
    // Compacted twice, it still says the same.
    const third = await startSimulator({ state: path });
    expect(third.control.swaps()).toMatchObject([{ from: { iccid: line?.iccid }, to: { iccid: freeIccid(1) } }]);
    expect(third.control.state().callbacks).toMatchObject({ waiting: 0, delivered: 1 });
    await third.stop();
    await listener.stop();
  });

  test('a reset forgets everything but the clock', async () => {
    const simulator = await startSimulator({ state: path, lines: 6, latencyMs: 0 });
    const mine = await connect(simulator);
    const [line] = activeLines(simulator, mine.account);
    await mine.swapIccid(line?.iccid ?? '', freeIccid(1));
    await simulator.control.advance(1000);
    await simulator.control.reset();
    expect((await mine.list()).status).toBe(401);
    expect(simulator.control.line(line?.iccid ?? '')?.deviceId).toBe(line?.deviceId);
    await simulator.stop();
    expect((await read()).filter(({ type }) => type === 'swap')).toEqual([]);
    expect((await read()).find(({ type }) => type === 'clock')).toMatchObject({
      offsetMs: simulator.control.state().clockOffsetMs,
    });
  });
});
