import { expect, it } from 'vitest';
import { CALLS, EVENTS } from './index';
import { CALL_NAMES, EVENT_NAMES } from './names';

it('names every call and every event of the contract, once', () => {
  expect([...CALL_NAMES].sort()).toEqual([...CALLS.keys()].sort());
  expect([...EVENT_NAMES].sort()).toEqual([...EVENTS.keys()].sort());
});
