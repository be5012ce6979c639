import { expect, it } from 'vitest';
import { ago, duration } from './time';

const AT = Date.parse('2026-11-24T12:00:00.000Z');

it.each([
  [null, 'never'],
  ['2026-11-24T12:00:30.000Z', 'just now'],
  ['2026-11-24T11:59:30.000Z', 'just now'],
  ['2026-11-24T11:59:00.000Z', '1 minute ago'],
  ['2026-11-24T11:01:00.000Z', '59 minutes ago'],
  ['2026-11-24T10:30:00.000Z', '1 hour ago'],
  ['2026-11-21T12:00:00.000Z', '3 days ago'],
])('tells how long ago %s was: %s', (iso, words) => {
  expect(ago(iso, AT)).toBe(words);
});

it.each([
  [0.2, '1 s'],
  [59, '59 s'],
  [90, '2 min'],
  [3600, '1 h'],
  [7800, '2 h 10 min'],
])('tells %d seconds as %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});
