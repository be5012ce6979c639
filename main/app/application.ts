import { join } from 'node:path';
import type { AppInfo } from '../../shared/contract/app';
import { SwapdeskError, tell } from '../../shared/domain/fault';
import { createDoor, createHandlers } from '../ipc';
import { createCloser } from '../lib/closer';
import type { OpenShell } from '../shells/shell';
import { readConfig } from './config';
import { createDesk } from './desk';
import { openHome } from './home';
import { chooseHome } from './training';
import { seedTraining } from './training-seed';
import { version } from '../../package.json';

/**
 * Runs Swapdesk behind a window until it is closed or the process is asked to end.
 * @returns the exit code: 0 when the person closed the window or on SIGTERM, 1 when the window failed
 */
export async function runApplication(shell: OpenShell): Promise<number> {
  const closer = createCloser();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  try {
    const config = readConfig();
    const { dir, training } = chooseHome(config);
    const home = await openHome(config, dir);
    closer.add('data folder', () => home.close());
    if (training) await seedTraining(home, (line) => process.stdout.write(`${line}\n`));
    const secrets = await home.secrets();
    const info: AppInfo = {
      version,
      shell: shell.kind,
      training,
      notices: [...shell.notices, ...(secrets.notice === null || training ? [] : [secrets.notice])],
      node: process.versions.node,
    };
    const desk = createDesk(home, info);
    closer.add('desk', () => desk.close());
    const door = createDoor({
      desk,
      handlers: createHandlers(desk),
      noteRefusal: async (signedIn, name, code, correlationId) => {
        home.log.warn('refused', { call: name, code, correlationId, user: signedIn?.session.userName ?? null });
        await desk.workspace()?.noteRefusal(name, code, correlationId);
      },
      ids: home.ids,
      log: home.log,
    });
    const window = await shell.open({
      ask: (sender, name, input) => door.ask(sender, name, input),
      registerSource: (path) => desk.registerSource(path),
      onAnnounce: (listener) => desk.onAnnounce(listener),
      rendererDir: home.program.rendererDir,
      title: training ? 'Swapdesk — training' : 'Swapdesk',
      training,
      homeDir: home.dir,
      windowStateFile: join(home.dir, 'window.json'),
      browserEnvironment: config.browserEnvironment,
    });
    desk.attach(window.abilities);
    closer.add('window', () => window.close());
    stop.signal.addEventListener('abort', () => void window.close());
    if (stop.signal.aborted) await window.close();
    await window.closed;
    return 0;
  } catch (error) {
    const text =
      error instanceof SwapdeskError ? tell(error.story) : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`swapdesk: ${text}\n`);
    return 1;
  } finally {
    await closer.closeAll();
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
  }
}
