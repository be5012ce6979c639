import type { BrowserWindow, IpcMainInvokeEvent } from 'electron';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Sender } from '../../ipc';
import type { OpenWindow, ShellAbilities, ShellHost } from '../shell';
import { ORIGIN, denyPermissions, isOurs, servePages } from './security';
import { createMenu } from './menu';

/** Electron's module, given from outside, so that the wiring can be held against a recording double. */
export type ElectronApi = Pick<
  typeof import('electron'),
  'app' | 'BrowserWindow' | 'Menu' | 'dialog' | 'ipcMain' | 'nativeTheme' | 'protocol' | 'session' | 'shell'
>;

const boundsSchema = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(640),
  height: z.number().int().min(480),
  maximized: z.boolean(),
});
type Bounds = z.infer<typeof boundsSchema>;

const FIRST_BOUNDS: Bounds = { width: 1280, height: 800, maximized: false };
/** Behind the page until it has painted: no white flash in either theme. */
const BACKGROUND = { dark: '#16181d', light: '#f7f8fa' };

/** Opens the one window of the application. Electron is ready, and the scheme was declared before. */
export async function openElectronWindow(
  electron: ElectronApi,
  host: ShellHost,
  preloadFile: string,
): Promise<OpenWindow> {
  servePages(electron.protocol, host.rendererDir);
  denyPermissions(electron.session.defaultSession);
  electron.Menu.setApplicationMenu(createMenu(electron.Menu, electron.app.name));
  const window = makeWindow(electron, host, preloadFile);
  const stopListening = listen(electron, host, window);
  const closed = new Promise<void>((resolve) => window.once('closed', () => resolve()));
  void closed.then(stopListening);
  electron.app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  offerReload(electron, window);
  window.once('ready-to-show', () => window.show());
  await window.loadURL(`${ORIGIN}/`);
  return {
    closed,
    abilities: abilitiesOf(electron, window),
    async close() {
      if (!window.isDestroyed()) window.destroy();
    },
  };
}

function makeWindow(electron: ElectronApi, host: ShellHost, preloadFile: string): BrowserWindow {
  const { maximized, ...bounds } = readBounds(host.windowStateFile);
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
  window.on('close', () => {
    const state: Bounds = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    writeFileSync(host.windowStateFile, JSON.stringify(state), { mode: 0o600 });
  });
  return window;
}

/** A window state that can't be read is no reason not to open: the first one is taken. */
export function readBounds(file: string): Bounds {
  if (!existsSync(file)) return FIRST_BOUNDS;
  try {
    return boundsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return FIRST_BOUNDS;
  }
}

/** Who sent a message: the main frame of our window with our origin, and nobody else (checklist item 17). */
export function senderOf(event: Pick<IpcMainInvokeEvent, 'senderFrame' | 'sender'>, window: BrowserWindow): Sender {
  const frame = event.senderFrame;
  if (frame === null) return { trusted: false, from: 'a frame that is gone' };
  if (event.sender !== window.webContents) return { trusted: false, from: 'another window' };
  if (frame.parent !== null) return { trusted: false, from: 'a frame inside the page' };
  return { trusted: isOurs(frame.url), from: frame.url };
}

function listen(electron: ElectronApi, host: ShellHost, window: BrowserWindow): () => void {
  electron.ipcMain.handle('swapdesk:ask', (event, name: unknown, input: unknown) =>
    host.ask(senderOf(event, window), name, input),
  );
  electron.ipcMain.handle('swapdesk:source', (event, path: unknown) =>
    registerSource(host, senderOf(event, window), path),
  );
  const stopEvents = host.onAnnounce((name, payload) => {
    if (!window.isDestroyed()) window.webContents.send('swapdesk:event', name, payload);
  });
  return () => {
    stopEvents();
    electron.ipcMain.removeHandler('swapdesk:ask');
    electron.ipcMain.removeHandler('swapdesk:source');
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
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    const choice = electron.dialog.showMessageBoxSync(window, {
      type: 'error',
      message: 'The window has crashed',
      detail: `Drafts and changes are kept, and what is being sent goes on. (${reason})`,
      buttons: ['Open it again', 'Quit'],
      defaultId: 0,
      cancelId: 1,
    });
    if (choice === 0) window.reload();
    else window.destroy();
  });
}
