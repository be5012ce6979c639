import { expect } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { build } from 'esbuild';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { externalPackages } from '../../scripts/entries.mjs';
import type * as applicationModule from './application';
import type { RunningApplication } from './application';

const ROOT = resolve(import.meta.dirname, '../..');
const BUNDLE = join(ROOT, 'dist', 'e2e-application.mjs');

export interface OpenedApplication extends RunningApplication {
  readonly home: string;
  /** What the page has complained of: refused by its own policy, or failed. */
  readonly complaints: readonly string[];
}

/** Bundles the application as the build does, and starts it on a data folder of its own. */
export async function openApplication(): Promise<OpenedApplication> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/e2e/application.ts'],
    outfile: BUNDLE,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: [...externalPackages],
    loader: { '.sql': 'text' },
    define: { __filename: 'bundleFilename', __dirname: 'bundleDirname' },
    banner: {
      js: [
        "import { createRequire as createRequireForBundle } from 'node:module';",
        'const require = createRequireForBundle(import.meta.url);',
        'const bundleFilename = import.meta.filename;',
        'const bundleDirname = import.meta.dirname;',
      ].join('\n'),
    },
    logLevel: 'error',
  });
  const { startApplication } = (await import(pathToFileURL(BUNDLE).href)) as typeof applicationModule;
  const home = mkdtempSync(join(tmpdir(), 'swapdesk-e2e-'));
  const running = await startApplication(home);
  const complaints: string[] = [];
  running.page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  running.page.on('pageerror', (error) => complaints.push(error.message));
  return { ...running, home, complaints };
}

const AXE_FILE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
type Page = RunningApplication['page'];

/** What axe calls serious or critical on the screen, in the theme that is shown. */
export async function expectNoSeriousBarrier(page: Page, screen: string): Promise<void> {
  // Evaluated by the browser's own debugger: the page's policy lets no foreign script in.
  const known = await page.evaluate('typeof axe');
  if (known === 'undefined') await page.evaluate(readFileSync(AXE_FILE, 'utf8'));
  const found = await page.evaluate<AxeResults>('axe.run(document)');
  const serious = found.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect({ screen, serious }).toEqual({ screen, serious: [] });
}

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
const SCHEMES = ['light', 'dark'] as const;

/** In both themes, as the person would choose them. */
export async function inBothThemes(page: Page, look: (scheme: 'light' | 'dark') => Promise<void>): Promise<void> {
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await look(scheme);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
}

/** With SWAPDESK_SCREENS set, the pictures of the docs are taken anew on the way, in both sizes and themes. */
export async function takePictures(page: Page, name: string): Promise<void> {
  const folder = process.env['SWAPDESK_SCREENS'];
  if (folder === undefined) return;
  const before = page.viewportSize();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await inBothThemes(page, async (scheme) => {
      await page.screenshot({ path: `${folder}/${name}-${size.width}-${scheme}.png` });
    });
  }
  if (before !== null) await page.setViewportSize(before);
}
