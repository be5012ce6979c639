import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { draw } from './chance';
import { SimulatorClock } from './clock';

const errors: unknown[] = [];
let clock = new SimulatorClock(0, (error) => errors.push(error));

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  errors.length = 0;
  clock = new SimulatorClock(0, (error) => errors.push(error));
});
afterEach(() => {
  clock.stop();
  vi.useRealTimers();
});

test('real time passes, and an offset of an earlier run is kept', async () => {
  expect(clock.now()).toBe(1_000_000);
  await vi.advanceTimersByTimeAsync(500);
  expect(clock.now()).toBe(1_000_500);
  expect(new SimulatorClock(60_000, () => undefined).now()).toBe(1_060_500);
});

test('advance runs what falls due on the way, in order, each at its own time', async () => {
  const ran: [string, number][] = [];
  const note = (name: string) => () => void ran.push([name, clock.now()]);
  clock.at(1_300_000, note('third'));
  clock.at(1_100_000, () => {
    note('first')();
    clock.at(1_200_000, note('second'));
  });
  clock.at(1_300_000, note('fourth'));
  clock.at(1_900_000, note('not yet'));
  await clock.advance(300_000);
  expect(ran).toEqual([
    ['first', 1_100_000],
    ['second', 1_200_000],
    ['third', 1_300_000],
    ['fourth', 1_300_000],
  ]);
  expect(clock.now()).toBe(1_300_000);
});

test('a real timer waits for the earliest, also after an advance shortened the wait', async () => {
  let ran = 0;
  clock.at(1_010_000, () => void (ran += 1));
  await clock.advance(9_000);
  await vi.advanceTimersByTimeAsync(999);
  expect(ran).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(ran).toBe(1);
});

test('thousands of tasks come out in the order of their times', async () => {
  const times = Array.from({ length: 5000 }, (_, index) => 1_000_001 + Math.floor(draw(3, 'clock', index) * 100_000));
  const ran: number[] = [];
  for (const time of times) clock.at(time, () => void ran.push(time));
  await clock.advance(200_000);
  expect(ran).toEqual([...times].sort((a, b) => a - b));
});

test('a task that fails is reported and stops nobody', async () => {
  let ran = false;
  clock.at(1_000_001, () => Promise.reject(new Error('broken')));
  clock.at(1_000_002, () => void (ran = true));
  await clock.advance(10);
  expect(errors).toEqual([new Error('broken')]);
  expect(ran).toBe(true);
});

test('after stop nothing runs any more', async () => {
  let ran = false;
  clock.at(1_000_001, () => void (ran = true));
  clock.stop();
  clock.at(1_000_001, () => void (ran = true));
  await vi.advanceTimersByTimeAsync(100);
  expect(ran).toBe(false);
});
