import fc from 'fast-check';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createElectronShell } from '../../main/shells/electron/electron-shell';
import { isOurs } from '../../main/shells/electron/security';
import type { OpenWindow } from '../../main/shells/shell';
import { ContentsDouble, ElectronDouble } from '../support/electron-double';
import { driveElectronDouble, type ShellDriver } from '../support/shell-driver';
import { createRecordingHost, HOST_TITLE, type RecordingHost } from '../support/shell-host';

/** Electron's security checklist (docs/tutorial/security of 2026-08), by its item numbers. */
const ROOT = resolve(import.meta.dirname, '../..');
const CHANNELS = ['swapdesk:ask', 'swapdesk:source', 'swapdesk:ready'];
const PERMISSIONS = [
  'clipboard-read',
  'clipboard-sanitized-write',
  'display-capture',
  'fullscreen',
  'geolocation',
  'idle-detection',
  'media',
  'mediaKeySystem',
  'midi',
  'midiSysex',
  'notifications',
  'pointerLock',
  'keyboardLock',
  'openExternal',
  'speaker-selection',
  'storage-access',
  'top-level-storage-access',
  'window-management',
  'fileSystem',
  'hid',
  'serial',
  'usb',
  'unknown',
  'deprecated-sync-clipboard-read',
  'background-sync',
];

/** Paths as attackers write them: a way up, encoded or not, in front of a name that is there. */
const steps = fc.constantFrom(
  '..',
  '.',
  '%2e%2e',
  '%2E.',
  '..%2f',
  '%2f',
  '..%5c',
  '\\',
  '..\\',
  '%00',
  '\0',
  '//',
  '/',
  'C:',
  'C:%5c',
  '%c0%ae%c0%ae',
  '%252e%252e',
  '\\\\server\\share',
  'deep',
  'page.css',
  '~',
  '?',
  '#',
  ' ',
  '%20',
  '%',
  '%zz',
  '….',
  '%u002e',
);
const hostilePaths = fc
  .tuple(
    fc.array(steps, { maxLength: 8 }),
    fc.constantFrom('/', '', '%2f', '\\'),
    fc.constantFrom('secret.json', 'index.html', 'page.js', ''),
  )
  .map(([parts, joint, name]) => `/${parts.join(joint)}${joint}${name}`);

describe('Electron by its checklist', () => {
  let host: RecordingHost;
  let driver: ShellDriver & { readonly double: ElectronDouble };
  let double: ElectronDouble;

  beforeAll(async () => {
    host = createRecordingHost();
    driver = await driveElectronDouble(host);
    double = driver.double;
  });
  afterAll(async () => {
    await driver.stop();
    host.dispose();
  });

  it('2–4, 6, 8–11: the page is sandboxed, isolated and plain, and these are all its settings', () => {
    const { preload, ...settings } = double.window().options.webPreferences;
    expect(preload).toMatch(/preload-electron\.cjs$/);
    expect(settings).toEqual({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    });
  });

  it('4: every process is sandboxed, and the folder is ours, before Electron is ready', () => {
    expect(double.calls).toEqual(['setPath userData', 'requestSingleInstanceLock', 'enableSandbox', 'ready']);
    expect(double.app.paths.get('userData')).toBe(host.profileDir);
  });

  it('5: no permission is granted, whatever its name', () => {
    const { session } = double;
    for (const permission of PERMISSIONS) {
      const granted: boolean[] = [];
      session.request?.(double.window().webContents, permission, (answer) => granted.push(answer));
      expect([permission, granted]).toEqual([permission, [false]]);
      expect(session.check?.(double.window().webContents, permission)).toBe(false);
    }
    for (const deviceType of ['hid', 'serial', 'usb']) expect(session.device?.({ deviceType })).toBe(false);
    expect(session.tryDownload()).toBe(false);
  });

  it('1: no request leaves for another place', () => {
    const elsewhere = [
      'https://elsewhere.example/',
      'http://127.0.0.1/',
      'ws://127.0.0.1/',
      'file:///etc/hosts',
      'ftp://a/',
    ];
    for (const url of elsewhere) expect([url, double.session.isCancelled(url)]).toEqual([url, true]);
    for (const url of ['app://swapdesk/page.js', 'data:image/png;base64,AAAA']) {
      expect([url, double.session.isCancelled(url)]).toEqual([url, false]);
    }
  });

  it('11–14: contents that are made later are confined too', () => {
    const later = new ContentsDouble();
    double.app.emit('web-contents-created', {}, later);
    expect(later.tryEvent('will-attach-webview')).toBe(false);
    expect(later.openHandler?.({ url: 'https://elsewhere.example/' }).action).toBe('deny');
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      expect([name, later.tryEvent(name, 'https://elsewhere.example/')]).toEqual([name, false]);
      expect([name, later.tryEvent(name, 'app://swapdesk/')]).toEqual([name, true]);
    }
  });

  it('13: our origin is told by parsing, not by how an address begins', () => {
    const tricks = [
      'app://swapdesk.elsewhere.example/',
      'app://swapdesk@elsewhere.example/',
      'app://elsewhere.example/app://swapdesk/',
      'app:swapdesk',
      'app:///swapdesk',
      'apps://swapdesk/',
      'https://swapdesk/',
      'app://swapdesk:80/',
      'app://user@swapdesk/',
      'app://swapdesk%00.elsewhere.example/',
      'app://sw\u0430pdesk/',
      'APP://swapdesk.elsewhere/',
      '',
      'not an address',
    ];
    for (const url of tricks) expect([url, isOurs(url)]).toEqual([url, false]);
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => !isOurs(url)),
      { numRuns: 10_000 },
    );
    expect(isOurs('app://swapdesk/index.html?a#b')).toBe(true);
  });

  it('17: every channel refuses everybody but the page’s main frame', async () => {
    expect([...double.ipc.keys()].sort()).toEqual([...CHANNELS].sort());
    const { webContents } = double.window();
    const main = webContents.mainFrame;
    const strangers = [
      { senderFrame: { url: 'https://elsewhere.example/', parent: null }, sender: webContents },
      { senderFrame: { url: main.url, parent: main }, sender: webContents },
      { senderFrame: null, sender: webContents },
      { senderFrame: main, sender: new ContentsDouble() },
    ];
    const [handled, registered] = [host.handled.length, host.registered.length];
    for (const stranger of strangers) {
      expect(await double.invoke(stranger, 'swapdesk:ask', 'app.info', null)).toMatchObject({
        error: { code: 'sender-refused' },
      });
      expect(await double.invoke(stranger, 'swapdesk:source', host.secretFile)).toMatchObject({ ok: false });
      expect(await double.invoke(stranger, 'swapdesk:ready')).toBeUndefined();
    }
    expect([host.handled.length, host.registered.length]).toEqual([handled, registered]);
  });

  it('17: a thousand made-up messages on every channel are answered and do nothing', async () => {
    const { webContents } = double.window();
    const us = { senderFrame: webContents.mainFrame, sender: webContents };
    const [handled, registered] = [host.handled.length, host.registered.length];
    const anything = fc.anything({
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withBigInt: true,
    });
    await fc.assert(
      fc.asyncProperty(anything, anything, async (name, input) => {
        // What can't be copied between processes never arrives.
        const given = copied([name, input]);
        if (given === null || typeof given[0] === 'string') return;
        expect(await double.invoke(us, 'swapdesk:ask', ...given)).toMatchObject({ error: { code: 'call-unknown' } });
        expect(await double.invoke(us, 'swapdesk:source', ...given)).toMatchObject({ ok: false });
        await double.invoke(us, 'swapdesk:ready', ...given);
      }),
      { numRuns: 1_000 },
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), anything, async (name, input) => {
        const given = copied([name, input]);
        if (given !== null) expect(await double.invoke(us, 'swapdesk:ask', ...given)).toMatchObject({ ok: false });
      }),
      { numRuns: 1_000 },
    );
    expect([host.handled.length, host.registered.length]).toEqual([handled, registered]);
  });

  it('18: ten thousand hostile paths lead to nothing outside the built page', async () => {
    expect(double.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ]);
    await fc.assert(
      fc.asyncProperty(hostilePaths, async (path) => {
        if (!URL.canParse(`app://swapdesk${path}`)) return;
        const answer = await double.request(`app://swapdesk${path}`);
        expect([path, (await answer.text()).includes('"secret"')]).toEqual([path, false]);
        expect([200, 404]).toContain(answer.status);
      }),
      { numRuns: 10_000 },
    );
  });

  it('18: other hosts of our scheme, and other methods, are answered with nothing', async () => {
    expect((await double.request('app://elsewhere/index.html')).status).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) {
      expect((await double.request('app://swapdesk/index.html', method)).status).toBe(404);
    }
  });

  it('15: nothing is ever opened in another program by its address', () => {
    const files = ['main', 'preload', 'renderer', 'shared'].flatMap((dir) =>
      readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !file.includes('.test.'))
        .map((file) => join(ROOT, dir, file)),
    );
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((file) => readFileSync(file, 'utf8').includes('openExternal'))).toEqual([]);
    expect(double.externals).toEqual([]);
  });

  it('19, 20: the menu has no developer tools, and the preload is a file of ours', () => {
    expect(JSON.stringify(double.menu)).not.toMatch(/devtools/i);
    expect(JSON.stringify(double.menu)).toContain('editMenu');
  });
});

describe('the life of the Electron window', () => {
  let host: RecordingHost;
  let double: ElectronDouble;
  let stops: number;
  let window: OpenWindow | null;

  const start = async (): Promise<OpenWindow> => {
    const shell = createElectronShell(double.module(), join(ROOT, 'dist', 'preload-electron.cjs'));
    await shell.prepare({ profileDir: host.profileDir, browserEnvironment: {}, stop: () => (stops += 1) });
    window = await shell.open(host);
    return window;
  };

  beforeEach(() => {
    host = createRecordingHost();
    double = new ElectronDouble();
    stops = 0;
    window = null;
    return async () => {
      await window?.close();
      host.dispose();
    };
  });

  it('shows itself when it has something to show, under its own title', async () => {
    await start();
    const made = double.window();
    expect([made.options.show, made.isShown, made.options.title]).toEqual([false, true, HOST_TITLE]);
    let kept = false;
    made.emit('page-title-updated', { preventDefault: () => (kept = true) });
    expect(kept).toBe(true);
  });

  it('is one for a data folder: a second start says so, the first comes to the front', async () => {
    await start();
    const second = new ElectronDouble();
    second.app.isFirstInstance = false;
    const shell = createElectronShell(second.module(), 'unused');
    await expect(
      shell.prepare({ profileDir: host.profileDir, browserEnvironment: {}, stop: () => undefined }),
    ).rejects.toThrow('Swapdesk is open already on this data folder');
    expect(second.windows).toEqual([]);
    double.window().minimized = true;
    double.app.emit('second-instance');
    expect([double.window().minimized, double.window().focused]).toEqual([false, 1]);
  });

  it('says that the sandbox is off, where it is', () => {
    const shell = createElectronShell(double.module(), 'unused');
    expect(shell.notices()).toEqual([]);
    double.app.switches.add('no-sandbox');
    expect(shell.notices().join()).toContain('sandbox is off');
  });

  it('comes back where it was', async () => {
    await start();
    double.window().bounds = { x: 5, y: 6, width: 1400, height: 900 };
    double.window().maximized = true;
    double.window().close();
    double = new ElectronDouble();
    await start();
    expect(double.window().options).toMatchObject({ x: 5, y: 6, width: 1400, height: 900 });
    expect(double.window().maximized).toBe(true);
  });

  it('opens at its first size when what was kept is damaged', async () => {
    writeFileSync(join(host.profileDir, 'swapdesk-window.json'), '{"width": -1');
    await start();
    expect(double.window().options).toMatchObject({ width: 1280, height: 800 });
  });

  it('lets the application close in order when the person quits', async () => {
    const { closed } = await start();
    expect(double.app.tryQuit()).toBe(false);
    expect(stops).toBe(1);
    await closed;
  });

  it('does not end with its last window by itself', async () => {
    await start();
    expect(double.app.listenerCount('window-all-closed')).toBe(1);
  });

  it.each([
    ['opens again', 0, 1, false],
    ['goes', 1, 0, true],
  ])('a page that crashed %s as the person says', async (_, answer, reloads, destroyed) => {
    await start();
    double.crashAnswer = answer;
    double.window().webContents.emit('render-process-gone', {}, { reason: 'oom' });
    await expect.poll(() => [double.window().reloads, double.window().isDestroyed()]).toEqual([reloads, destroyed]);
    expect(JSON.stringify(double.dialogs)).toContain('oom');
  });

  it('says nothing of a page that ended well', async () => {
    await start();
    double.window().webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(double.dialogs).toEqual([]);
  });

  it('asks where to save, and shows what was saved', async () => {
    const { abilities } = await start();
    expect(await abilities.choosePlace('report.pdf')).toBeNull();
    expect(double.dialogs).toEqual([{ defaultPath: 'report.pdf' }]);
    double.saveAnswer = { canceled: false, filePath: '/somewhere/report.pdf' };
    expect(await abilities.choosePlace('report.pdf')).toBe('/somewhere/report.pdf');
    await abilities.show('/somewhere/report.pdf');
    expect(double.shown).toEqual(['/somewhere/report.pdf']);
  });
});

function copied(given: readonly unknown[]): unknown[] | null {
  try {
    return structuredClone([...given]);
  } catch {
    return null;
  }
}
