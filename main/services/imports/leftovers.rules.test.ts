import { expect, test } from 'vitest';
import { isDeadImport } from './leftovers.rules';

const NOW = 10 * 60 * 60_000;
const alive = () => true;
const dead = () => false;

test.each([
  ['a living process that wrote just now', { importerPid: 7, touchedAtMs: NOW }, alive, false],
  ['a dead process', { importerPid: 7, touchedAtMs: NOW }, dead, true],
  ['a number that was given out again', { importerPid: 7, touchedAtMs: 1 }, alive, true],
  ['an earlier process with our number', { importerPid: 1, touchedAtMs: NOW }, alive, true],
  ['a draft that is being deleted', { importerPid: null, touchedAtMs: NOW }, alive, true],
])('%s', (_name, draft, isAlive, expected) => {
  expect(isDeadImport(draft, NOW, 1, isAlive)).toBe(expected);
});
