import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CALLS, type Answer } from '../../shared/contract/index';
import type { ImportSource } from '../../shared/contract/imports';
import { workFailed } from '../../shared/domain/fault';
import { createDoor, type Desk, type Sender } from '../../main/ipc';
import type { Handlers } from '../../main/ipc/handlers';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import type { ShellHost } from '../../main/shells/shell';

export interface Asked {
  readonly sender: Sender;
  readonly name: unknown;
  readonly input: unknown;
}

/** The application as a shell sees it, with main's real door, a page of its own, and a note of everything. */
export interface RecordingHost extends ShellHost {
  readonly asked: readonly Asked[];
  /** Names and inputs that came through the door to a handler. */
  readonly handled: readonly { readonly name: string; readonly input: unknown }[];
  /** Paths that became import sources. */
  readonly registered: readonly string[];
  announce(name: string, payload: unknown): void;
  /** How many listen to events now. */
  listeners(): number;
  /** A file outside the page's folder. */
  readonly secretFile: string;
  readonly dir: string;
  dispose(): void;
}

export const HOST_TITLE = 'Swapdesk — test';
export const APP_INFO = { version: '9.9.9', shell: 'chromium', training: true, notices: ['“one” \u2028'], node: '24' };

const PAGE: Readonly<Record<string, string>> = {
  'index.html': [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Page</title>',
    '<link rel="stylesheet" href="./page.css"><script type="module" src="./page.js"></script></head>',
    '<body><input type="file" id="file"><script>window.inlineRan = true</script></body></html>',
  ].join(''),
  // Ready only after main has answered once, as the real page.
  'page.js': [
    "window.api.call('app.info', null).then(() => {",
    "  document.documentElement.dataset.ready = 'true';",
    '});',
  ].join('\n'),
  'page.css': 'body { color: #222; }',
  'deep/data.json': '{"deep":true}',
  'source.map': '{}',
};

/** The application's side, with one handler that can be given for every call. */
export function createRecordingHost(
  handlers: Readonly<Record<string, (input: unknown) => unknown>> = {},
): RecordingHost {
  const dir = mkdtempSync(join(tmpdir(), 'swapdesk-shell-'));
  const rendererDir = join(dir, 'renderer');
  mkdirSync(join(rendererDir, 'deep'), { recursive: true });
  for (const [name, text] of Object.entries(PAGE)) writeFileSync(join(rendererDir, name), text);
  const secretFile = join(dir, 'secret.json');
  writeFileSync(secretFile, '{"secret":true}');
  const profileDir = join(dir, 'profile');
  mkdirSync(profileDir);

  const asked: Asked[] = [];
  const handled: { name: string; input: unknown }[] = [];
  const registered: string[] = [];
  const listeners = new Set<(name: string, payload: unknown) => void>();
  const door = createDoor({
    desk: { current: () => null } as unknown as Desk,
    handlers: handlersOf({ 'app.info': () => APP_INFO, ...handlers }, handled),
    noteRefusal: async () => undefined,
    ids: systemIds,
    log: silentLog,
  });
  return {
    async ask(sender, name, input): Promise<Answer<unknown>> {
      asked.push({ sender, name, input });
      return door.ask(sender, name, input);
    },
    async registerSource(path): Promise<ImportSource> {
      registered.push(path);
      return { sourceId: `source-${registered.length}`, name: basename(path), sizeBytes: 1 };
    },
    onAnnounce(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    announce: (name, payload) => listeners.forEach((listener) => listener(name, payload)),
    listeners: () => listeners.size,
    asked,
    handled,
    registered,
    rendererDir,
    title: HOST_TITLE,
    profileDir,
    savedDir: join(dir, 'saved'),
    secretFile,
    dir,
    dispose: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function handlersOf(
  given: Readonly<Record<string, (input: unknown) => unknown>>,
  handled: { name: string; input: unknown }[],
): Handlers {
  const entries = [...CALLS.keys()].map((name) => [
    name,
    async (input: unknown) => {
      handled.push({ name, input });
      const handler = given[name];
      if (handler === undefined)
        throw workFailed({ code: 'not-in-this-test', what: 'Nothing stands behind this call' });
      return handler(input);
    },
  ]);
  return Object.fromEntries(entries) as Handlers;
}
