import { join } from 'node:path';
import { workFailed } from '../../../shared/domain/fault';
import { runApplication } from '../../app/application';
import { findProgramFiles } from '../../app/program-files';
import { NO_SANDBOX_NOTICE, type OpenShell } from '../shell';
import { findChromium } from './find-chromium.mjs';
import { openChromiumWindow } from './window';

/** Only root has uid 0, and Chromium refuses to build its sandbox there. */
const isRoot = process.getuid?.() === 0;

function createChromiumShell(): OpenShell {
  let executable = '';
  return {
    kind: 'chromium',
    notices: () => (isRoot ? [NO_SANDBOX_NOTICE] : []),
    async prepare({ browserEnvironment }) {
      const found = findChromium({ platform: process.platform, env: browserEnvironment });
      if (found === null) {
        throw workFailed({
          code: 'browser-missing',
          what: 'No Chromium or Chrome is installed',
          todo: 'Install one, or name its program with SWAPDESK_CHROMIUM.',
        });
      }
      executable = found;
    },
    open: (host) =>
      openChromiumWindow(host, {
        executable,
        preloadFile: join(findProgramFiles().distDir, 'preload-chromium.js'),
        headless: false,
        sandbox: !isRoot,
      }),
  };
}

process.exitCode = await runApplication(createChromiumShell());
