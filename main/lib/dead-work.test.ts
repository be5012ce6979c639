import { expect, test } from 'vitest';
import { isDeadWork } from './dead-work';

const NOW = 10 * 60 * 60_000;
const alive = () => true;
const dead = () => false;

test.each([
  ['a living process that wrote just now', { pid: 7, touchedAtMs: NOW }, alive, false],
  ['a dead process', { pid: 7, touchedAtMs: NOW }, dead, true],
  ['a number that was given out again', { pid: 7, touchedAtMs: 1 }, alive, true],
  ['an earlier process with our number', { pid: 1, touchedAtMs: NOW }, alive, true],
  ['a draft that is being deleted', { pid: null, touchedAtMs: NOW }, alive, true],
])('%s', (_name, draft, isAlive, expected) => {
  expect(isDeadWork(draft, NOW, 1, isAlive)).toBe(expected);
});
