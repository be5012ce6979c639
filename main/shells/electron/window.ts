import type * as electronModule from 'electron';
import type { BrowserWindow, IpcMainInvokeEvent } from 'electron';
import { join } from 'node:path';
import { workFailed } from '../../../shared/domain/fault';
import type { Sender } from '../../ipc';
import type { OpenWindow, ShellAbilities, ShellHost } from '../shell';
import { ORIGIN, denyPermissions, isOurs, servePages } from './security';
import { createMenu } from './menu';
import { readWindowState, writeWindowState } from './window-state';

/** Electron's module, given from outside, so that the wiring can be held against a recording double. */
export type ElectronApi = Pick<
  typeof electronModule,
  'app' | 'BrowserWindow' | 'Menu' | 'dialog' | 'ipcMain' | 'nativeTheme' | 'protocol' | 'session' | 'shell'
>;

/** As long as a slow machine may take from an empty window to a page that can be used. */
const READY_WITHIN_MS = 60_000;
/** Behind the page until it has painted: no white flash in either theme. */
const BACKGROUND = { dark: '#16181d', light: '#f7f8fa' };

/**
 * Opens the one window of the application. Electron is ready, and the scheme was declared before.
 * @throws failed `window-not-ready`
 */
export async function openElectronWindow(
  electron: ElectronApi,
  host: ShellHost,
  preloadFile: string,
): Promise<OpenWindow> {
  servePages(electron.protocol, host.rendererDir);
  denyPermissions(electron.session.defaultSession);
  electron.Menu.setApplicationMenu(createMenu(electron.Menu, electron.app.name));
  const window = makeWindow(electron, host, preloadFile);
  const closed = new Promise<void>((resolve) => window.once('closed', () => resolve()));
  const { ready, stopListening } = listen(electron, host, window);
  void closed.then(stopListening);
  electron.app.on('second-instance', () => comeToFront(window));
  offerReload(electron, window);
  window.once('ready-to-show', () => window.show());
  const close = async (): Promise<void> => {
    if (window.isDestroyed()) return;
    keepWindowState(host, window);
    window.destroy();
  };
  try {
    await Promise.race([load(window, ready), closed]);
  } catch (error) {
    await close();
    throw error;
  }
  return { closed, close, abilities: abilitiesOf(electron, window) };
}

function comeToFront(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}

async function load(window: BrowserWindow, ready: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const why = `the page could not be used within ${READY_WITHIN_MS / 1_000} s`;
    timer = setTimeout(() => reject(notReady(why)), READY_WITHIN_MS);
  });
  const loaded = window.loadURL(`${ORIGIN}/`).catch((error: unknown) => {
    throw notReady(error instanceof Error ? error.message : String(error), error);
  });
  try {
    await Promise.race([loaded.then(() => ready), late]);
  } finally {
    clearTimeout(timer);
  }
}

function notReady(why: string, cause?: unknown): Error {
  return workFailed(
    {
      code: 'window-not-ready',
      what: 'The window stayed empty',
      why,
      todo: 'Start Swapdesk again. If it happens again, install it anew.',
    },
    cause,
  );
}

const stateFileOf = (host: ShellHost): string => join(host.profileDir, 'swapdesk-window.json');

function keepWindowState(host: ShellHost, window: BrowserWindow): void {
  writeWindowState(stateFileOf(host), { ...window.getNormalBounds(), maximized: window.isMaximized() });
}

function makeWindow(electron: ElectronApi, host: ShellHost, preloadFile: string): BrowserWindow {
  const { maximized, ...bounds } = readWindowState(stateFileOf(host));
  const window = new electron.BrowserWindow({
    width: bounds.width,
    height: bounds.height,
    ...(bounds.x === undefined || bounds.y === undefined ? {} : { x: bounds.x, y: bounds.y }),
    minWidth: 960,
    minHeight: 600,
    title: host.title,
    show: false,
    backgroundColor: electron.nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      spellcheck: false,
      navigateOnDragDrop: false,
    },
  });
  if (maximized) window.maximize();
  window.on('close', () => keepWindowState(host, window));
  // The window says "training" whatever the page calls itself.
  window.on('page-title-updated', (event) => event.preventDefault());
  return window;
}

/** Who sent a message: the main frame of our window with our origin, and nobody else (checklist item 17). */
function senderOf(event: Pick<IpcMainInvokeEvent, 'senderFrame' | 'sender'>, window: BrowserWindow): Sender {
  const frame = event.senderFrame;
  if (frame === null) return { trusted: false, from: 'a frame that is gone' };
  if (event.sender !== window.webContents) return { trusted: false, from: 'another window' };
  if (frame.parent !== null) return { trusted: false, from: 'a frame inside the page' };
  return { trusted: isOurs(frame.url), from: frame.url };
}

function listen(
  electron: ElectronApi,
  host: ShellHost,
  window: BrowserWindow,
): { readonly ready: Promise<void>; readonly stopListening: () => void } {
  const { ipcMain } = electron;
  ipcMain.handle('swapdesk:ask', (event, name: unknown, input: unknown) =>
    host.ask(senderOf(event, window), name, input),
  );
  ipcMain.handle('swapdesk:source', (event, path: unknown) => registerSource(host, senderOf(event, window), path));
  const ready = new Promise<void>((resolve) => {
    ipcMain.handle('swapdesk:ready', (event) => {
      if (senderOf(event, window).trusted) resolve();
    });
  });
  const stopEvents = host.onAnnounce((name, payload) => {
    if (!window.isDestroyed()) window.webContents.send('swapdesk:event', name, payload);
  });
  return {
    ready,
    stopListening() {
      stopEvents();
      for (const channel of ['swapdesk:ask', 'swapdesk:source', 'swapdesk:ready']) ipcMain.removeHandler(channel);
    },
  };
}

async function registerSource(host: ShellHost, sender: Sender, path: unknown): Promise<unknown> {
  const refused = (why: string): object => ({
    ok: false,
    error: { kind: 'failed', code: 'file-not-read', what: 'This file can’t be read', why, correlationId: '' },
  });
  if (!sender.trusted) return refused('it was not given by the window');
  if (typeof path !== 'string' || path === '') return refused('it is not a file on this computer');
  try {
    return { ok: true, value: await host.registerSource(path) };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function abilitiesOf(electron: ElectronApi, window: BrowserWindow): ShellAbilities {
  return {
    async choosePlace(suggestedName) {
      const { canceled, filePath } = await electron.dialog.showSaveDialog(window, { defaultPath: suggestedName });
      return canceled || filePath === '' ? null : filePath;
    },
    async show(path) {
      electron.shell.showItemInFolder(path);
    },
  };
}

/** A page that died is said to have died; drafts and changes are main's, so a reload loses nothing. */
function offerReload(electron: ElectronApi, window: BrowserWindow): void {
  const offer = async (reason: string): Promise<void> => {
    // Not the synchronous one: it would stop main, and with it what is being sent.
    const { response } = await electron.dialog.showMessageBox(window, {
      type: 'error',
      message: 'The window has crashed',
      detail: `Drafts and changes are kept, and what is being sent goes on. (${reason})`,
      buttons: ['Open it again', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    });
    if (window.isDestroyed()) return;
    if (response === 0) window.reload();
    else window.destroy();
  };
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') void offer(reason);
  });
}
