import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALL_NAMES, EVENT_NAMES } from '../../shared/contract/names';
import { APP_INFO, createRecordingHost, HOST_TITLE, type RecordingHost } from '../support/shell-host';
import { skipBecause } from '../support/skip';
import { driveChromium, driveElectronDouble, installedChromium, type ShellDriver } from '../support/shell-driver';

/**
 * What the application may count on, whichever shell it runs in. The same cases run against a real headless Chromium and
 * against Electron's wiring with a recording double of its module.
 */
interface PageWindow {
  readonly api: {
    call(name: unknown, input: unknown): Promise<unknown>;
    on(name: string, listener: (payload: unknown) => void): () => void;
  };
  heard: unknown[];
  stopHearing(): void;
}
declare const window: PageWindow;

const MANY = Array.from({ length: 10_000 }, (_, index) => ({
  name: `user ${index} \u2028 “ü” \u0000 </script>`,
  role: 'viewer',
  password: 'p',
  about: '89148000001708197230',
}));

/** As the checklist of Electron's security tutorial has it, item 7. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'nonce-NONCE'",
  "style-src-attr 'none'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const executable = installedChromium();
const missing = executable === null ? 'no Chromium is installed' : null;

const shells: readonly {
  name: string;
  missing: string | null;
  open(host: RecordingHost): Promise<ShellDriver>;
}[] = [
  { name: 'Chromium', missing, open: (host) => driveChromium(host, executable ?? '') },
  { name: 'Electron (recording double)', missing: null, open: (host) => driveElectronDouble(host) },
];

for (const shell of shells) {
  describe(`the shell contract on ${shell.name}`, () => {
    beforeEach(skipBecause(shell.missing));
    let host: RecordingHost;
    let driver: ShellDriver;

    beforeAll(async () => {
      if (shell.missing !== null) return;
      host = createRecordingHost({
        'session.signIn': () => ({ userName: 'kim', role: 'viewer', permissions: [], providers: [] }),
        'session.trainingUsers': () => MANY,
      });
      driver = await shell.open(host);
    });
    afterAll(async () => {
      if (shell.missing !== null) return;
      await driver.stop();
      host.dispose();
    });

    it('opened only after the page was answered and had said that it can be used', () => {
      expect(host.handled[0]).toEqual({ name: 'app.info', input: null });
    });

    it('carries a call to main and its answer back, as data', async () => {
      const answer = await driver.run(() => window.api.call('app.info', null));
      expect(answer).toEqual({ ok: true, value: APP_INFO });
      expect(host.asked.at(-1)?.sender.trusted).toBe(true);
    });

    it('carries what is typed unaltered', async () => {
      const input = {
        user: '“Ünïcode” \u2028\u2029\u0000 \\ \' " </script> ${x}',
        password: '\ud83d\udd10'.repeat(100),
      };
      await driver.run((given: object) => window.api.call('session.signIn', given), input);
      expect(host.handled.at(-1)).toEqual({ name: 'session.signIn', input });
    });

    it('carries 10,000 rows back unaltered, and calls beside each other to their own callers', async () => {
      const [many, info] = await driver.run(async () => {
        const answers = [window.api.call('session.trainingUsers', null), window.api.call('app.info', null)];
        return [JSON.stringify(await answers[0]), await answers[1]];
      });
      expect(many === JSON.stringify({ ok: true, value: MANY })).toBe(true);
      expect(info).toEqual({ ok: true, value: APP_INFO });
    });

    it('answers a wrong input and a missing session with a story', async () => {
      const codes = await driver.run(async () => {
        const answers = [
          await window.api.call('session.signIn', { user: 4711 }),
          await window.api.call('changes.list', { limit: 1, offset: 0 }),
        ];
        return answers.map((answer) => (answer as { error: { code: string } }).error.code);
      });
      expect(codes).toEqual(['input-refused', 'not-signed-in']);
    });

    it('lets nothing through that the contract does not name', async () => {
      const before = host.asked.length;
      const refused = await driver.run(async () => {
        const names = ['app.nothing', 'toString', '__proto__', 'constructor', 'app.statusChanged', '', 42, null, {}];
        const told = await Promise.all(
          names.map((name) =>
            window.api.call(name, null).then(
              () => name,
              () => 'refused',
            ),
          ),
        );
        return told.every((one) => one === 'refused');
      });
      expect(refused).toBe(true);
      expect(host.asked).toHaveLength(before);
      const unheard = await driver.run(() => {
        try {
          window.api.on('app.info', () => undefined);
          return 'listens';
        } catch {
          return 'refused';
        }
      });
      expect(unheard).toBe('refused');
    });

    it('delivers events to who listens, and no longer', async () => {
      await driver.run(() => {
        window.heard = [];
        window.stopHearing = window.api.on('session.ended', (payload) => window.heard.push(payload));
      });
      host.announce('session.ended', { reason: 'one' });
      host.announce('lines.mirrorChanged', { mirrorAt: null });
      host.announce('not.in.the.contract', {});
      await expect.poll(() => driver.run(() => window.heard)).toEqual([{ reason: 'one' }]);
      await driver.run(() => window.stopHearing());
      host.announce('session.ended', { reason: 'two' });
      // An answer comes after every event before it.
      await driver.run(() => window.api.call('app.info', null));
      expect(await driver.run(() => window.heard)).toEqual([{ reason: 'one' }]);
    });

    it('hands main the chosen file as an opaque source, without telling the page its path', async () => {
      const path = join(host.dir, 'März “swaps” (2).csv');
      writeFileSync(path, 'x');
      expect(await driver.sourceOf(path)).toEqual({
        ok: true,
        value: { sourceId: 'source-1', name: basename(path), sizeBytes: 1 },
      });
      expect(host.registered).toEqual([path]);
    });

    it('refuses a file that the page made up', async () => {
      const answer = await driver.sourceOfMadeUp('/etc/passwd');
      expect(answer).toMatchObject({ ok: false, error: { code: 'file-not-read' } });
      expect(host.registered).toHaveLength(1);
    });

    it('serves only the built page, under one policy', async () => {
      const nonces = new Set<string>();
      for (const path of ['/', '/index.html', '/page.css', '/deep/data.json', '/missing.js', '/source.map', '/deep/']) {
        const { status, headers } = await driver.request(path);
        expect([path, status]).toEqual([path, /missing|source|deep\/$/.test(path) ? 404 : 200]);
        const policy = headers['content-security-policy'] ?? '';
        const nonce = /'nonce-([^']{20,})'/.exec(policy)?.[1] ?? '';
        expect(policy).toBe(POLICY.replace('NONCE', nonce));
        expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
        nonces.add(nonce);
      }
      expect(nonces.size).toBe(7);
    });

    it('serves nothing outside the built page', async () => {
      const up = ['..%2fsecret.json', '%2e%2e%2fsecret.json', '..%5csecret.json', 'deep%2f..%2f..%2fsecret.json'];
      const odd = [
        '%00',
        'page.js%00.json',
        '%',
        '%ff',
        `${'a'.repeat(5_000)}.json`,
        'C:%5csecret.json',
        '%2fetc%2fhosts.json',
      ];
      for (const path of [...up, ...odd, ...up.map((one) => `deep/${one}`)]) {
        const { status, text } = await driver.request(`/${path}`);
        expect([path, status, text.includes('secret')]).toEqual([path, 404, false]);
      }
    });

    it('stays in its place', async () => {
      for (const url of [
        'https://elsewhere.example/',
        'http://127.0.0.1:9/',
        'https://swapdesk.invalid.elsewhere.example/',
        'app://swapdesk.elsewhere/',
        'data:text/html,hello',
        'about:blank',
        `file://${host.secretFile}`,
      ]) {
        // Electron keeps file: and data: from a page by itself; about:blank leads to an empty page of ours at most.
        if (url !== 'about:blank') expect([url, await driver.leavesFor(url)]).toEqual([url, false]);
      }
      expect(await driver.run(() => window.api.call('app.info', null))).toMatchObject({ ok: true });
    });

    it('stays alone', async () => {
      for (const url of ['https://elsewhere.example/', '/', 'about:blank']) {
        expect([url, await driver.windowsAfterOpening(url)]).toEqual([url, 1]);
      }
    });

    it('does not trust whoever is not its page', async () => {
      const before = host.asked.length;
      const [handled, registered] = [host.handled.length, host.registered.length];
      const strangers = await driver.foreign();
      await expect.poll(() => host.asked.length).toBe(before + strangers.length);
      expect(host.asked.slice(before).map(({ sender }) => sender.trusted)).toEqual(strangers.map(() => false));
      expect(host.handled).toHaveLength(handled);
      expect(host.registered).toHaveLength(registered);
    });

    it('gives the page the bridge and nothing else', async () => {
      const found = await driver.run(() => {
        const page = window as unknown as Record<string, unknown>;
        const strange = ['require', 'process', 'module', 'exports', 'Buffer', 'global', 'electron', 'ipcRenderer'];
        const api = page['api'] as object;
        try {
          page['api'] = 'mine';
          Object.assign(api, { call: 'mine' });
        } catch {
          // Strict code is told; other code is ignored.
        }
        return {
          strange: strange.filter((name) => name in page),
          binding: 'swapdeskSend' in page,
          members: Object.keys(api).sort(),
          frozen: Object.isFrozen(api) && page['api'] === api && typeof (api as PageWindow['api']).call === 'function',
        };
      });
      expect(found).toEqual({ strange: [], binding: false, members: ['call', 'on', 'sourceOf'], frozen: true });
    });

    it('knows every name of the contract', async () => {
      const before = host.asked.length;
      await driver.run((names: string[]) => Promise.all(names.map((name) => window.api.call(name, null))), CALL_NAMES);
      expect(host.asked.slice(before).map(({ name }) => name)).toEqual([...CALL_NAMES]);
      const heard = await driver.run(
        (names: string[]) => names.map((name) => typeof window.api.on(name, () => 0)),
        EVENT_NAMES,
      );
      expect(new Set(heard)).toEqual(new Set(['function']));
    });

    it('takes a place to save that writes over nothing', async () => {
      const place = await driver.window.abilities.choosePlace('report.pdf');
      // Electron asks the person, who leaves the dialog here.
      if (place !== null) expect(existsSync(place)).toBe(false);
    });
  });

  describe(`the end of the window on ${shell.name}`, () => {
    beforeEach(skipBecause(shell.missing));

    it('is told when the person closes it, and closing again is nothing', async () => {
      const host = createRecordingHost();
      const driver = await shell.open(host);
      expect(host.listeners()).toBe(1);
      await driver.closeByPerson();
      await driver.window.closed;
      await driver.window.close();
      expect(host.listeners()).toBe(0);
      expect(readdirSync(host.profileDir).length).toBeGreaterThan(0);
      host.dispose();
    });

    it('is told when the application closes it', async () => {
      const host = createRecordingHost();
      const driver = await shell.open(host);
      await driver.window.close();
      await driver.window.closed;
      host.announce('session.ended', { reason: 'nobody hears it' });
      expect(host.listeners()).toBe(0);
      host.dispose();
    });

    it('leaves nothing open when the page can’t be loaded', async () => {
      const host = createRecordingHost();
      await expect(shell.open({ ...host, rendererDir: join(host.dir, 'not-built') })).rejects.toThrow(
        'The window stayed empty',
      );
      expect(host.listeners()).toBe(0);
      host.dispose();
    });
  });
}

describe('on Chromium', () => {
  beforeEach(skipBecause(missing));

  it('shows the window’s own title', async () => {
    const host = createRecordingHost();
    const driver = await driveChromium(host, executable ?? '');
    expect(await driver.page.title()).toBe(HOST_TITLE);
    await driver.stop();
    host.dispose();
  });
});
