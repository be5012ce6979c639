import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppInfo } from '../../shared/contract/app';
import { SwapdeskError, tell, workFailed } from '../../shared/domain/fault';
import { createDoor, createHandlers, type Door } from '../ipc';
import { createCloser, type Closer } from '../lib/closer';
import { acquireOsLock, isLock } from '../lib/os-lock';
import type { OpenShell } from '../shells/shell';
import { readConfig, type Config } from './config';
import { createDesk, type RunningDesk } from './desk';
import { openHome, type Home } from './home';
import { chooseHome } from './training';
import { seedTraining } from './training-seed';
import { version } from '../../package.json';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs Swapdesk behind a window until it is closed or the process is asked to end. Never rejects: what failed is told on
 * standard error. Prints `window ready` once the window can be used.
 *
 * @param config for tests; else the environment's
 * @returns the exit code: 0 when the person closed the window or the process was asked to end, 1 when something failed,
 *   2 when a setting is wrong
 */
export async function runApplication(shell: OpenShell, config?: Config): Promise<number> {
  const closer = createCloser();
  const asked = new AbortController();
  const stop = (): void => asked.abort();
  for (const signal of SIGNALS) process.on(signal, stop);
  const failures: unknown[] = [];
  await run(shell, () => config ?? readConfig(), closer, asked).catch((error: unknown) => failures.push(error));
  await closer.closeAll().catch((error: unknown) => failures.push(error));
  for (const signal of SIGNALS) process.off(signal, stop);
  for (const failure of failures) process.stderr.write(`swapdesk: ${told(failure)}\n`);
  return exitCodeOf(failures[0]);
}

function exitCodeOf(failure: unknown): number {
  if (failure === undefined) return 0;
  return failure instanceof SwapdeskError && failure.kind === 'usage' ? 2 : 1;
}

function told(failure: unknown): string {
  if (failure instanceof SwapdeskError) return tell(failure.story);
  return failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
}

/** Nothing may be awaited before `shell.prepare` is called. */
async function run(shell: OpenShell, getConfig: () => Config, closer: Closer, asked: AbortController): Promise<void> {
  const config = getConfig();
  const { dir, training } = chooseHome(config);
  const profileDir = makeProfileDir(dir, shell.kind);
  const { browserEnvironment } = config;
  await shell.prepare({ profileDir, browserEnvironment, stop: () => asked.abort() });
  if (asked.signal.aborted) return;

  const home = await openHome(config, dir);
  closer.add('data folder', () => home.close());
  await holdWindowLock(home, closer);
  if (training) await seedTraining(home, (line) => process.stdout.write(`${line}\n`));
  if (asked.signal.aborted) return;

  const desk = createDesk(home, await infoOf(home, shell, training));
  closer.add('desk', () => desk.close());
  const door = doorOf(home, desk);
  const window = await shell.open({
    ask: (sender, name, input) => door.ask(sender, name, input),
    registerSource: (path) => desk.registerSource(path),
    onAnnounce: (listener) => desk.onAnnounce(listener),
    rendererDir: home.program.rendererDir,
    title: training ? 'Swapdesk — training' : 'Swapdesk',
    profileDir,
    savedDir: join(dir, 'reports'),
  });
  closer.add('window', () => window.close());
  desk.attach(window.abilities);
  if (asked.signal.aborted) return;
  asked.signal.addEventListener('abort', () => void window.close());
  process.stdout.write('window ready\n');
  await window.closed;
}

/** Each shell has a folder of its own: Electron and an installed browser are never of the same version. */
function makeProfileDir(homeDir: string, kind: OpenShell['kind']): string {
  const profileDir = join(homeDir, 'window', kind);
  try {
    mkdirSync(profileDir, { recursive: true, mode: 0o700 });
    return profileDir;
  } catch (error) {
    throw workFailed(
      {
        code: 'data-folder-unusable',
        what: 'The data folder can’t be used',
        where: homeDir,
        why: error instanceof Error ? error.message : String(error),
        todo: 'Make it writable for you, or name another one with SWAPDESK_HOME.',
      },
      error,
    );
  }
}

/** One window a data folder: two would show each other's drafts and changes half-way. */
async function holdWindowLock(home: Home, closer: Closer): Promise<void> {
  const lock = await acquireOsLock(join(home.dir, 'window.lock'), 'a Swapdesk window', home.clock);
  if (isLock(lock)) return closer.add('window lock', () => lock.release());
  throw workFailed({
    code: 'window-open-already',
    what: 'Swapdesk is open already on this data folder',
    where: home.dir,
    why: `${lock.heldBy} has it`,
    todo: 'Use that window, or close it and start again. Another data folder can be named with SWAPDESK_HOME.',
  });
}

async function infoOf(home: Home, shell: OpenShell, training: boolean): Promise<AppInfo> {
  const { notice } = await home.secrets();
  return {
    version,
    shell: shell.kind,
    training,
    notices: [...shell.notices(), ...(notice === null || training ? [] : [notice])],
    node: process.versions.node,
  };
}

function doorOf(home: Home, desk: RunningDesk): Door {
  return createDoor({
    desk,
    handlers: createHandlers(desk),
    noteRefusal: async (signedIn, name, code, correlationId) => {
      home.log.warn('refused', { call: name, code, correlationId, user: signedIn?.session.userName ?? null });
      await desk.workspace()?.noteRefusal(name, code, correlationId);
    },
    ids: home.ids,
    log: home.log,
  });
}
