import { describe, expect, it } from 'vitest';
import { CALLS, EVENTS } from '../shared/contract/index';
import { CALL_NAMES, EVENT_NAMES } from '../shared/contract/names';
import { createBridge } from './bridge';

function stage() {
  const asked: { name: string; input: unknown }[] = [];
  let tell: (name: string, payload: unknown) => void = () => undefined;
  const bridge = createBridge({
    ask: async (name, input) => {
      asked.push({ name, input });
      return { ok: true, value: name };
    },
    sourceOf: async (file) => ({ ok: true, value: file.name }),
    listen(listener) {
      tell = listener;
    },
  });
  return { asked, bridge, announce: (name: string, payload: unknown) => tell(name, payload) };
}

const hostileNames = ['app.nothing', 'app.info.more', '', 'toString', '__proto__', 'constructor', 'app', 'APP.INFO'];

describe('the bridge', () => {
  it('knows the contract’s names, all of them and no other', () => {
    expect([...CALL_NAMES].sort()).toEqual([...CALLS.keys()].sort());
    expect([...EVENT_NAMES].sort()).toEqual([...EVENTS.keys()].sort());
  });

  it('is frozen, with three members', () => {
    const { bridge } = stage();
    expect(Object.isFrozen(bridge)).toBe(true);
    expect(Object.keys(bridge).sort()).toEqual(['call', 'on', 'sourceOf']);
  });

  it.each(CALL_NAMES)('carries %s', async (name) => {
    const { bridge, asked } = stage();
    expect(await bridge.call(name, { given: name })).toEqual({ ok: true, value: name });
    expect(asked).toEqual([{ name, input: { given: name } }]);
  });

  it.each(hostileNames)('refuses the name "%s" for calls and for events', async (name) => {
    const { bridge, asked } = stage();
    await expect(bridge.call(name, null)).rejects.toThrow('no such call');
    expect(() => bridge.on(name, () => undefined)).toThrow('no such event');
    expect(asked).toEqual([]);
  });

  it('refuses names that are no texts', async () => {
    const { bridge } = stage();
    for (const name of [null, undefined, 7, {}, ['app.info'], Symbol('app.info')]) {
      await expect(bridge.call(name as string, null)).rejects.toThrow('no such call');
    }
  });

  it('tells every listener of an event, until it stops listening', () => {
    const { bridge, announce } = stage();
    const heard: string[] = [];
    const stopFirst = bridge.on('session.ended', () => heard.push('first'));
    bridge.on('session.ended', () => heard.push('second'));
    bridge.on('drafts.listChanged', () => heard.push('other'));
    announce('session.ended', null);
    stopFirst();
    stopFirst();
    announce('session.ended', null);
    expect(heard).toEqual(['first', 'second', 'second']);
  });

  it('drops what main announces under no name of the contract', () => {
    const { announce } = stage();
    for (const name of hostileNames) expect(() => announce(name, null)).not.toThrow();
  });

  it('takes the same listener once, and lets listeners go while it tells', () => {
    const { bridge, announce } = stage();
    let times = 0;
    const listener = (): void => {
      times += 1;
      stop();
    };
    const stop = bridge.on('session.ended', listener);
    bridge.on('session.ended', listener);
    announce('session.ended', null);
    announce('session.ended', null);
    expect(times).toBe(1);
  });

  it('hands a file on', async () => {
    const { bridge } = stage();
    expect(await bridge.sourceOf(new File(['x'], 'swaps.csv'))).toEqual({ ok: true, value: 'swaps.csv' });
  });
});
