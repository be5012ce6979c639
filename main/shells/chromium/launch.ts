import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { workFailed } from '../../../shared/domain/fault';

export interface ChromiumOptions {
  /** The installed browser. */
  readonly executable: string;
  readonly headless: boolean;
  /** False only as root, where Chromium can't have one. */
  readonly sandbox: boolean;
}

/** Shown until our page is answered, in the theme of the system. The browser remembers the window's place by it. */
const EMPTY_PAGE = 'data:text/html,<title>Swapdesk</title><meta name=color-scheme content="light dark">';
const FIRST_SIZE = { width: 1280, height: 800 };

/**
 * What a browser offers to people who browse has no place in this window. Written before its first start; afterwards the
 * browser keeps its own, with the place and size of the window.
 */
const FIRST_PREFERENCES = {
  credentials_enable_service: false,
  profile: { password_manager_enabled: false },
  autofill: { profile_enabled: false, credit_card_enabled: false },
  translate: { enabled: false },
};

/** Starts the browser with one page. @throws failed `window-not-opened` */
export async function launchChromium(profileDir: string, options: ChromiumOptions): Promise<BrowserContext> {
  const isFirst = writeFirstPreferences(profileDir);
  try {
    return await chromium.launchPersistentContext(profileDir, {
      executablePath: options.executable,
      headless: options.headless,
      chromiumSandbox: options.sandbox,
      viewport: options.headless ? FIRST_SIZE : null,
      acceptDownloads: false,
      serviceWorkers: 'block',
      // The person's own theme, motion and contrast, not those of a test.
      colorScheme: null,
      reducedMotion: null,
      forcedColors: null,
      contrast: null,
      ignoreDefaultArgs: ['--enable-automation'],
      // Signals are the application's to handle.
      handleSIGTERM: false,
      handleSIGINT: false,
      handleSIGHUP: false,
      args: argumentsOf(options, isFirst),
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

/** @returns whether this profile has never been used */
function writeFirstPreferences(profileDir: string): boolean {
  const file = join(profileDir, 'Default', 'Preferences');
  if (existsSync(file)) return false;
  mkdirSync(join(profileDir, 'Default'), { recursive: true, mode: 0o700 });
  writeFileSync(file, JSON.stringify(FIRST_PREFERENCES), { mode: 0o600 });
  return true;
}

function argumentsOf({ headless, sandbox }: ChromiumOptions, isFirst: boolean): string[] {
  return [
    ...(headless ? [] : [`--app=${EMPTY_PAGE}`]),
    // Named, it would win over the size that the browser remembers.
    ...(isFirst ? [`--window-size=${FIRST_SIZE.width},${FIRST_SIZE.height}`] : []),
    // Root has no sandbox, and the window says so itself; the browser's own bar would lie over the page.
    ...(sandbox ? [] : ['--test-type']),
    // Whatever the page or the browser itself would ask of the network ends at a proxy that is not there, loopback too.
    '--proxy-server=http://127.0.0.1:9',
    '--proxy-bypass-list=<-loopback>',
    '--deny-permission-prompts',
    '--hide-crash-restore-bubble',
    '--no-pings',
    '--no-first-run',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
  ];
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
