import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { BrowserContext, CDPSession, Page, Route } from 'playwright-core';
import { workFailed } from '../../../shared/domain/fault';
import { servePage } from '../page-files';
import { downloadsDir, freeName, showInFolder } from '../saving';
import type { OpenWindow, ShellHost } from '../shell';
import { launchChromium, type ChromiumOptions } from './launch';
import { connectPage } from './page-link';

/** Never looked up (RFC 2606): every request to it is answered in this process, everything else is refused. */
const ORIGIN = 'https://swapdesk.invalid';
/** As long as a slow machine may take from an empty window to a page that can be used. */
const READY_WITHIN_MS = 60_000;

export interface ChromiumWindow extends OpenWindow {
  /** For end-to-end tests, which build the application in their own process. */
  readonly page: Page;
}

/**
 * Hosts the page in a window of an installed Chromium, driven over a pipe: no port listens.
 * @throws failed `window-not-opened`, `window-not-ready`, `window-crashed`
 */
export async function openChromiumWindow(
  host: ShellHost,
  options: ChromiumOptions & { readonly preloadFile: string },
): Promise<ChromiumWindow> {
  const preload = await readFile(options.preloadFile, 'utf8');
  const context = await launchChromium(host.profileDir, options);
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    const session = await context.newCDPSession(page);
    const closed = watchEnd(context, page, session);
    await confine(context, host);
    const link = await connectPage(session, host, ORIGIN);
    void closed.then(link.stop, link.stop);
    await page.addInitScript(preload);
    await page.addInitScript(giveTitle, host.title);
    const answered = await page.goto(`${ORIGIN}/`);
    if (answered?.ok() !== true) throw notReady('the page was not built');
    comeBack(page);
    await ready(page, closed);
    const close = async (): Promise<void> => {
      link.stop();
      await closeQuietly(context);
    };
    return { page, closed, close, abilities: abilitiesOf(host) };
  } catch (error) {
    await closeQuietly(context);
    throw error;
  }
}

/** Resolves when the window is gone, whoever closed it; rejects when the page or the browser died. */
function watchEnd(context: BrowserContext, page: Page, session: CDPSession): Promise<void> {
  let saidGoodbye = false;
  // A page that is closed takes leave of its debugger first; one whose browser was killed does not.
  session.on('Inspector.detached', () => {
    saidGoodbye = true;
  });
  const closed = new Promise<void>((resolve, reject) => {
    context.once('close', () => (saidGoodbye ? resolve() : reject(crashed())));
    page.once('close', () => void closeQuietly(context));
    page.once('crash', () => reject(crashed()));
  });
  // Whoever opened the window waits for it later; until then its end must not count as unhandled.
  closed.catch(() => undefined);
  return closed;
}

/** A context that has ended by itself can't be closed any more, and need not be. */
async function closeQuietly(context: BrowserContext): Promise<void> {
  await context.close().catch(() => undefined);
}

/** The page stays where it is and alone: no other address, no second page, no download. */
async function confine(context: BrowserContext, host: ShellHost): Promise<void> {
  context.on('page', (other) => void other.close().catch(() => undefined));
  await context.route('**/*', (route) => answer(host, route));
}

/** A file that was dropped beside its place, or a page of the browser's own: drafts are main's, so nothing is lost. */
function comeBack(page: Page): void {
  page.on('framenavigated', (frame) => {
    const isAway = frame === page.mainFrame() && URL.parse(frame.url())?.origin !== ORIGIN;
    if (isAway) void page.goto(`${ORIGIN}/`).catch(() => undefined);
  });
}

async function answer(host: ShellHost, route: Route): Promise<void> {
  const request = route.request();
  const url = URL.parse(request.url());
  const isRefused = url?.origin !== ORIGIN || request.method() !== 'GET';
  // An aborted navigation leaves the page as it is; any other refusal would show the browser's error page.
  const refuse = (): Promise<void> => route.abort(request.isNavigationRequest() ? 'aborted' : 'blockedbyclient');
  const respond = async (): Promise<void> => {
    const nonce = randomBytes(16).toString('base64');
    const { status, headers, body } = await servePage(host.rendererDir, url?.pathname ?? '/', nonce);
    await route.fulfill({ status, headers: { ...headers }, body });
  };
  // It fails only when the page that asked is gone: then nobody waits for the answer.
  await (isRefused ? refuse() : respond()).catch(() => undefined);
}

/** Runs in the page: the window's title says that it is a training window, whatever the page's own says. */
function giveTitle(title: string): void {
  addEventListener('DOMContentLoaded', () => {
    document.title = title;
  });
}

async function ready(page: Page, closed: Promise<void>): Promise<void> {
  const isReady = page.waitForSelector('html[data-ready="true"]', { state: 'attached', timeout: READY_WITHIN_MS }).then(
    () => true,
    () => false,
  );
  if (await Promise.race([isReady, closed.then(() => true)])) return;
  throw notReady(`the page could not be used within ${READY_WITHIN_MS / 1_000} s`);
}

function notReady(why: string): Error {
  return workFailed({
    code: 'window-not-ready',
    what: 'The window stayed empty',
    why,
    todo: 'Start Swapdesk again. If it happens again, update the browser, or build Swapdesk anew.',
  });
}

function abilitiesOf(host: ShellHost): OpenWindow['abilities'] {
  return {
    choosePlace: async (suggestedName) => freeName(downloadsDir(host.savedDir), suggestedName),
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
