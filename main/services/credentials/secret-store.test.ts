import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../lib/clock';
import { createSecretStore, type SecretStore } from '.';
import { probeInChild } from './keychain';
import { skipBecause } from '../../../test/support/skip';

const noKeychain = (await probeInChild(systemClock))
  ? null
  : 'no keychain here; run it through scripts/with-keyring.mjs';

describe.each([
  { kind: 'keychain', mode: 'auto' as const, why: noKeychain },
  { kind: 'memory', mode: 'memory' as const, why: null },
])('the $kind store', ({ mode, why, kind }) => {
  let store: SecretStore;
  const entry = `test:${process.pid}`;
  beforeEach(skipBecause(why));
  beforeEach(async () => {
    store = await createSecretStore({ mode });
  });

  it('keeps, replaces and forgets a secret', async () => {
    expect(store.kind).toBe(kind);
    expect(await store.get(entry)).toBeNull();
    await store.set(entry, 'first');
    await store.set(entry, '{"password":"Zürich 漢字"}');
    expect(await store.get(entry)).toBe('{"password":"Zürich 漢字"}');
    expect(await store.get(`${entry}:other`)).toBeNull();
    await store.delete(entry);
    await store.delete(entry);
    expect(await store.get(entry)).toBeNull();
  });

  it('says what it is', () => {
    if (store.kind === 'keychain') expect(store.notice).toBeNull();
    else expect(store.notice).toMatch(/only until Swapdesk ends/);
  });
});

describe('the probe', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'swapdesk-test-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const probeOf = async (source: string, clock: Clock): Promise<boolean> => {
    const keytarFile = join(dir, 'keytar.cjs');
    await writeFile(keytarFile, source);
    return probeInChild(clock, keytarFile);
  };
  const working = `const kept = {};
    exports.setPassword = async (s, a, secret) => { kept[a] = secret; };
    exports.getPassword = async (s, a) => kept[a] ?? null;
    exports.deletePassword = async (s, a) => delete kept[a];`;

  it('believes a keychain that gives back what it was given', async () => {
    expect(await probeOf(working, systemClock)).toBe(true);
  });

  it('does not believe one that fails, or lies', async () => {
    expect(await probeOf('throw new Error("libsecret-1.so.0 is missing")', systemClock)).toBe(false);
    expect(await probeOf(`${working} exports.getPassword = async () => null;`, systemClock)).toBe(false);
  });

  it('ends one that hangs, after five seconds', async () => {
    const delays: number[] = [];
    const impatient: Clock = {
      ...systemClock,
      after(delayMs, fn) {
        delays.push(delayMs);
        return systemClock.after(200, fn);
      },
    };
    // As keytar does it: the thread itself is blocked.
    const hanging = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
    expect(await probeOf(hanging, impatient)).toBe(false);
    expect(delays).toEqual([5_000]);
  });

  it('leads to a memory store that says how to get a keychain', async () => {
    const store = await createSecretStore({ mode: 'auto', probe: async () => false });
    expect(store.kind).toBe('memory');
    expect(store.notice).toMatch(/gnome-keyring/);
  });
});
