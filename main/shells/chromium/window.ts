import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page, type Route } from 'playwright-core';
import { workFailed } from '../../../shared/domain/fault';
import { servePage } from '../page-files';
import { downloadsDir, freeName, showInFolder } from '../saving';
import type { OpenWindow, ShellHost } from '../shell';
import { connectPage } from './page-link';

/** Never looked up (RFC 2606): every request to it is answered in this process, everything else is refused. */
export const ORIGIN = 'https://swapdesk.invalid';

export interface ChromiumOptions {
  /** The installed browser. */
  readonly executable: string;
  /** The built preload script. */
  readonly preloadFile: string;
  readonly headless: boolean;
  /** False only as root, where Chromium can't have one. */
  readonly sandbox: boolean;
}

export interface ChromiumWindow extends OpenWindow {
  /** For end-to-end tests, which build the application in their own process. */
  readonly page: Page;
}

/** Hosts the page in a window of an installed Chromium, driven over a pipe: no port listens. */
export async function openChromiumWindow(host: ShellHost, options: ChromiumOptions): Promise<ChromiumWindow> {
  const context = await launch(host, options);
  try {
    const preload = await readFile(options.preloadFile, 'utf8');
    const page = context.pages()[0] ?? (await context.newPage());
    context.on('page', (other) => void other.close());
    await context.route('**/*', (route) => answer(host, route));
    const session = await context.newCDPSession(page);
    const link = await connectPage(session, host, ORIGIN);
    await page.addInitScript(preload);
    const closed = new Promise<void>((resolve, reject) => {
      context.once('close', () => resolve());
      page.once('close', () => void context.close());
      page.once('crash', () => reject(crashed()));
    });
    // Whoever opened the window waits for it later; until then its end must not count as unhandled.
    closed.catch(() => undefined);
    await page.goto(`${ORIGIN}/`);
    return { page, closed, close: () => close(context, link.stop), abilities: abilitiesOf(host) };
  } catch (error) {
    await context.close();
    throw error;
  }
}

async function launch(host: ShellHost, options: ChromiumOptions): Promise<BrowserContext> {
  try {
    return await chromium.launchPersistentContext(join(host.homeDir, 'window'), {
      executablePath: options.executable,
      headless: options.headless,
      chromiumSandbox: options.sandbox,
      viewport: options.headless ? { width: 1280, height: 800 } : null,
      acceptDownloads: false,
      serviceWorkers: 'block',
      ignoreDefaultArgs: ['--enable-automation'],
      handleSIGTERM: false,
      handleSIGINT: false,
      handleSIGHUP: false,
      args: [
        ...(options.headless ? [] : [`--app=${ORIGIN}/`]),
        '--window-size=1280,800',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
        // Nothing of this window ever looks up a name: its only origin is answered in this process.
        '--host-resolver-rules=MAP * ~NOTFOUND',
      ],
    });
  } catch (error) {
    throw workFailed(
      {
        code: 'window-not-opened',
        what: 'The window could not be opened',
        where: options.executable,
        why: firstLine(error),
        todo: 'Start this browser by hand to see what it says, or name another one with SWAPDESK_CHROMIUM.',
      },
      error,
    );
  }
}

async function answer(host: ShellHost, route: Route): Promise<void> {
  const url = new URL(route.request().url());
  if (url.origin !== ORIGIN || route.request().method() !== 'GET') return route.abort('blockedbyclient');
  const { status, headers, body } = await servePage(host.rendererDir, url.pathname, randomBytes(16).toString('base64'));
  await route.fulfill({ status, headers: { ...headers }, body });
}

async function close(context: BrowserContext, stopLink: () => void): Promise<void> {
  stopLink();
  await context.close();
}

function abilitiesOf(host: ShellHost): OpenWindow['abilities'] {
  return {
    choosePlace: async (suggestedName) => freeName(downloadsDir(host.homeDir), suggestedName),
    show: (path) => showInFolder(path),
  };
}

function crashed(): Error {
  return workFailed({
    code: 'window-crashed',
    what: 'The window has crashed',
    todo: 'Start Swapdesk again: drafts and changes are kept, and what was being sent goes on.',
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
