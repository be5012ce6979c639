import { join } from 'node:path';
import { runApplication } from '../../main/app/application';
import { readConfig } from '../../main/app/config';
import { findProgramFiles } from '../../main/app/program-files';
import { findChromium } from '../../main/shells/chromium/find-chromium.mjs';
import { openChromiumWindow, type ChromiumWindow } from '../../main/shells/chromium/window';

export interface RunningApplication {
  readonly page: ChromiumWindow['page'];
  /** Closes the window; resolves to the exit code. */
  stop(): Promise<number>;
}

/** The whole application in this process, its window headless: no test port in the product. */
export function startApplication(home: string): Promise<RunningApplication> {
  return new Promise((started, failed) => {
    const ended = runApplication(
      {
        kind: 'chromium',
        notices: () => [],
        prepare: async () => undefined,
        async open(host) {
          const executable = findChromium({ platform: process.platform, env: process.env });
          if (executable === null) throw new Error('no Chromium is installed');
          const window = await openChromiumWindow(host, {
            executable,
            preloadFile: join(findProgramFiles().distDir, 'preload-chromium.js'),
            headless: true,
            sandbox: process.getuid?.() !== 0,
          });
          const stop = async (): Promise<number> => {
            await window.close();
            return ended;
          };
          started({ page: window.page, stop });
          return window;
        },
      },
      { ...readConfig(), argv: [], home },
    );
    ended.then((code) => failed(new Error(`the application ended with ${code}`)), failed);
  });
}
