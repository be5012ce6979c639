import { basename, join, resolve } from 'node:path';
import { runInContext } from 'node:vm';
import type { Page } from 'playwright-core';
import { useUtf8 } from '../../main/app/config';
import { findChromium } from '../../main/shells/chromium/find-chromium.mjs';
import { openChromiumWindow } from '../../main/shells/chromium/window';
import { createElectronShell } from '../../main/shells/electron/electron-shell';
import type { OpenWindow } from '../../main/shells/shell';
import { ElectronDouble } from './electron-double';
import type { RecordingHost } from './shell-host';

const DIST = resolve(import.meta.dirname, '../../dist');

/** A shell with a page in it, driven as a person and a script in the page would. */
export interface ShellDriver {
  readonly window: OpenWindow;
  /** Runs a script in the page. What goes in and comes out is data. */
  run<R>(script: (given: never) => R | Promise<R>, given?: unknown): Promise<R>;
  /** Gives the page's bridge a file that a person chose. */
  sourceOf(path: string): Promise<unknown>;
  /** Gives it one that the page made up. */
  sourceOfMadeUp(name: string): Promise<unknown>;
  /** Asks for a path of the page's own origin. */
  request(
    path: string,
  ): Promise<{ readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }>;
  /** The page tries to leave. @returns whether it is gone from its place */
  leavesFor(url: string): Promise<boolean>;
  /** The page tries to open a second window. @returns how many windows there are then */
  windowsAfterOpening(url: string): Promise<number>;
  /** Messages by the shell's own channel from those who may not: by who they are. */
  foreign(): Promise<readonly string[]>;
  /** The person closes the window. */
  closeByPerson(): Promise<void>;
  stop(): Promise<void>;
}

/** @returns null where no browser is installed */
export function installedChromium(): string | null {
  return findChromium({ platform: process.platform, env: process.env });
}

export async function driveChromium(
  host: RecordingHost,
  executable: string,
): Promise<ShellDriver & { readonly page: Page }> {
  // As the application does when it reads its environment.
  useUtf8(process.env, process.platform);
  const window = await openChromiumWindow(host, {
    executable,
    preloadFile: join(DIST, 'preload-chromium.js'),
    headless: true,
    sandbox: process.getuid?.() !== 0,
  });
  const { page } = window;
  return {
    page,
    window,
    run: (script, given) => page.evaluate(script as (given: unknown) => unknown, given) as never,
    async sourceOf(path) {
      await page.locator('#file').setInputFiles(path);
      return page.evaluate(() => {
        const [file] = document.querySelector<HTMLInputElement>('#file')?.files ?? [];
        return (window as unknown as BridgeWindow).api.sourceOf(file);
      });
    },
    sourceOfMadeUp: (name) =>
      page.evaluate((given) => (window as unknown as BridgeWindow).api.sourceOf(new File(['x'], given)), name),
    request: (path) =>
      page.evaluate(async (given) => {
        const answer = await fetch(given);
        return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
      }, path),
    async leavesFor(url) {
      await page.evaluate((given) => {
        Object.assign(window, { wasHere: true });
        location.href = given;
      }, url);
      return !(await stays(page));
    },
    async windowsAfterOpening(url) {
      await page.evaluate((given) => void globalThis.open(given), url);
      await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
      return page.context().pages().length;
    },
    foreign: () => askFromFrame(page),
    closeByPerson: async () => {
      await page.close();
    },
    stop: () => window.close(),
  };
}

interface BridgeWindow {
  readonly api: { sourceOf(file: unknown): Promise<unknown> };
}

/** A navigation that is let through takes a moment, so the page is asked a few times. */
async function stays(page: Page): Promise<boolean> {
  for (let turn = 0; turn < 5; turn += 1) {
    const isHere = await page
      .evaluate(async () => {
        await new Promise((done) => setTimeout(done, 60));
        return 'wasHere' in window;
      })
      .catch(() => false);
    if (!isHere) return false;
  }
  return true;
}

/** A frame of the same origin has the binding that preload took from the page: it is refused all the same. */
async function askFromFrame(page: Page): Promise<readonly string[]> {
  await page.evaluate(() => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const inner = frame.contentWindow as unknown as { swapdeskSend?: (text: string) => void };
    for (const kind of ['ask', 'source']) {
      inner.swapdeskSend?.(JSON.stringify({ id: 1, kind, name: 'app.info', input: null }));
    }
  });
  return ['a frame inside the page'];
}

export async function driveElectronDouble(
  host: RecordingHost,
  double = new ElectronDouble(),
): Promise<ShellDriver & { readonly double: ElectronDouble }> {
  const shell = createElectronShell(double.module(), join(DIST, 'preload-electron.cjs'));
  await shell.prepare({ profileDir: host.profileDir, browserEnvironment: {}, stop: () => undefined });
  const window = await shell.open(host);
  const made = double.window();
  const api = (): BridgeWindow['api'] => (made.page as unknown as BridgeWindow).api;
  return {
    double,
    window,
    async run(script, given) {
      const inPage = runInContext(`(${script.toString()})`, made.page) as (given: unknown) => unknown;
      return (await inPage(given)) as never;
    },
    sourceOf(path) {
      const file = new File(['x'], basename(path));
      double.files.set(file, path);
      return api().sourceOf(file);
    },
    sourceOfMadeUp: (name) => api().sourceOf(new File(['x'], name)),
    async request(path) {
      const answer = await double.request(new URL(path, 'app://swapdesk/').href);
      return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
    },
    leavesFor: async (url) =>
      (['will-navigate', 'will-frame-navigate', 'will-redirect'] as const).some((name) =>
        made.webContents.tryEvent(name, url),
      ),
    windowsAfterOpening: async (url) => (made.webContents.openHandler?.({ url }).action === 'deny' ? 1 : 2),
    async foreign() {
      const main = made.webContents.mainFrame;
      const senders = {
        'another page': { senderFrame: { url: 'https://swapdesk.example/', parent: null }, sender: made.webContents },
        'a frame inside the page': { senderFrame: { url: main.url, parent: main }, sender: made.webContents },
        'a frame that is gone': { senderFrame: null, sender: made.webContents },
        'another window': { senderFrame: main, sender: {} },
      };
      for (const event of Object.values(senders)) {
        await double.invoke(event, 'swapdesk:ask', 'app.info', null);
        await double.invoke(event, 'swapdesk:source', host.secretFile);
        await double.invoke(event, 'swapdesk:ready');
      }
      return Object.keys(senders);
    },
    closeByPerson: async () => made.close(),
    stop: () => window.close(),
  };
}
