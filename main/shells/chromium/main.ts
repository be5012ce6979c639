import { join } from 'node:path';
import { runApplication } from '../../app/application';
import { findProgramFiles } from '../../app/program-files';
import { findChromium } from './find-chromium.mjs';
import { openChromiumWindow } from './window';

/** Only root has uid 0, and Chromium refuses to build its sandbox there. */
const isRoot = process.getuid?.() === 0;

process.exitCode = await runApplication({
  kind: 'chromium',
  notices: isRoot
    ? [
        'This window runs as root, so the browser’s sandbox is off (--no-sandbox). Use an ordinary account for real work.',
      ]
    : [],
  async open(host) {
    const executable = findChromium({ platform: process.platform, env: host.browserEnvironment });
    if (executable === null) throw new Error('no Chromium or Chrome is installed');
    const window = await openChromiumWindow(host, {
      executable,
      preloadFile: join(findProgramFiles().distDir, 'preload-chromium.js'),
      headless: false,
      sandbox: !isRoot,
    });
    await window.page.waitForSelector('html[data-ready="true"]', { state: 'attached' });
    process.stdout.write('window ready\n');
    return window;
  },
});
