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
// Not below node_modules: that may be a link, and the program finds its files by where the bundle really lies.
const BUNDLE = join(ROOT, '.cache', 'e2e-application.mjs');

/** Bundles the application as the build does, and starts it on a data folder of its own. */
export async function openApplication(): Promise<RunningApplication & { readonly home: string }> {
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
  return { ...(await startApplication(home)), home };
}

const AXE_FILE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const THEMES = ['light', 'dark'] as const;

/** Nothing on the screen keeps a person from using it, in either theme. @param screen told when something does */
export async function expectNoSeriousBarrier({ page }: RunningApplication, screen: string): Promise<void> {
  // Evaluated by the browser's own debugger: the page's policy lets no foreign script in.
  const known = await page.evaluate('typeof axe');
  if (known === 'undefined') await page.evaluate(readFileSync(AXE_FILE, 'utf8'));
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await page.evaluate<AxeResults>('axe.run(document)');
    const serious = found.violations
      .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
      .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
    expect({ screen, colorScheme, serious }).toEqual({ screen, colorScheme, serious: [] });
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
}

const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

/** With SWAPDESK_SCREENS set, the pictures of the docs are taken anew on the way, in both sizes and themes. */
export async function takePictures({ page }: RunningApplication, name: string): Promise<void> {
  const folder = process.env['SWAPDESK_SCREENS'];
  if (folder === undefined) return;
  const before = page.viewportSize();
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: `${folder}/${name}-${size.width}-${colorScheme}.png` });
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
  if (before !== null) await page.setViewportSize(before);
}
