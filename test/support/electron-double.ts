import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import type { ElectronApi } from '../../main/shells/electron/window';

/** One preventable event of Electron, as its listeners see it. */
class PreventableEvent {
  defaultPrevented = false;
  readonly preventDefault = (): void => {
    this.defaultPrevented = true;
  };
}

export interface FrameDouble {
  readonly url: string;
  readonly parent: FrameDouble | null;
}

export interface Invocation {
  readonly senderFrame: FrameDouble | null;
  readonly sender: unknown;
}

type Handler = (event: Invocation, ...given: unknown[]) => unknown;
type ProtocolHandler = (request: Request) => Promise<Response>;

/** Stands for one page and its process. */
export class ContentsDouble extends EventEmitter {
  readonly sent: { readonly channel: string; readonly given: readonly unknown[] }[] = [];
  mainFrame: FrameDouble = { url: '', parent: null };
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  receive: ((channel: string, given: readonly unknown[]) => void) | null = null;

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }

  send(channel: string, ...given: unknown[]): void {
    this.sent.push({ channel, given });
    this.receive?.(channel, structuredClone(given));
  }

  /** As if a page wanted to go somewhere. @returns whether it was let go */
  tryEvent(name: 'will-navigate' | 'will-frame-navigate' | 'will-redirect' | 'will-attach-webview', url = ''): boolean {
    const event = Object.assign(new PreventableEvent(), { url });
    this.emit(name, event, {}, {});
    return !event.defaultPrevented;
  }
}

/**
 * A recording stand-in for Electron's module: what main sets is kept, what Electron would do is done, as far as our
 * shell asks for it. The page's side runs the built preload file as Electron's sandbox would: with `require('electron')`
 * and nothing else of Node.
 */
export class ElectronDouble {
  readonly calls: string[] = [];
  readonly app = new AppDouble(this);
  readonly ipc = new Map<string, Handler>();
  readonly schemes: { readonly scheme: string; readonly privileges: object }[] = [];
  readonly protocols = new Map<string, ProtocolHandler>();
  readonly windows: WindowDouble[] = [];
  readonly session = new SessionDouble();
  readonly dialogs: unknown[] = [];
  readonly shown: string[] = [];
  readonly externals: string[] = [];
  menu: readonly object[] | null = null;
  saveAnswer: { canceled: boolean; filePath: string } = { canceled: true, filePath: '' };
  crashAnswer = 0;
  /** Where the files that a person chose lie. */
  readonly files = new WeakMap<File, string>();

  /** The module, as main imports it. */
  module(): ElectronApi {
    const makeWindow = (options: WindowOptions): WindowDouble => new WindowDouble(this, options);
    const module = {
      app: this.app,
      // Called with `new`: what a constructor returns is what is made.
      BrowserWindow: function BrowserWindow(options: WindowOptions) {
        return makeWindow(options);
      },
      Menu: {
        buildFromTemplate: (template: readonly object[]) => template,
        setApplicationMenu: (menu: readonly object[]) => (this.menu = menu),
      },
      dialog: {
        showSaveDialog: async (_window: unknown, options: unknown) => {
          this.dialogs.push(options);
          return this.saveAnswer;
        },
        showMessageBox: async (_window: unknown, options: unknown) => {
          this.dialogs.push(options);
          return { response: this.crashAnswer };
        },
      },
      ipcMain: {
        handle: (channel: string, handler: Handler) => {
          if (this.ipc.has(channel)) throw new Error(`a second handler for ${channel}`);
          this.ipc.set(channel, handler);
        },
        removeHandler: (channel: string) => this.ipc.delete(channel),
      },
      nativeTheme: { shouldUseDarkColors: false },
      protocol: {
        registerSchemesAsPrivileged: (schemes: { scheme: string; privileges: object }[]) => {
          if (this.app.ready) throw new Error('schemes are declared before the application is ready');
          this.schemes.push(...schemes);
        },
        handle: (scheme: string, handler: ProtocolHandler) => this.protocols.set(scheme, handler),
      },
      session: { defaultSession: this.session },
      shell: {
        showItemInFolder: (path: string) => this.shown.push(path),
        openExternal: async (url: string) => this.externals.push(url),
      },
    };
    return module as unknown as ElectronApi;
  }

  window(): WindowDouble {
    const [window] = this.windows;
    if (window === undefined) throw new Error('no window was made');
    return window;
  }

  /** A message to main, as structured data, from whomever. */
  async invoke(event: Invocation, channel: string, ...given: unknown[]): Promise<unknown> {
    const handler = this.ipc.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return structuredClone(await handler(event, ...structuredClone(given)));
  }

  async request(url: string, method = 'GET'): Promise<Response> {
    const handler = this.protocols.get(new URL(url).protocol.slice(0, -1));
    if (handler === undefined) throw new Error(`nobody answers ${url}`);
    return handler(new Request(url, { method }));
  }
}

class AppDouble extends EventEmitter {
  readonly name = 'Swapdesk';
  readonly commandLine = { hasSwitch: (name: string) => this.switches.has(name) };
  readonly switches = new Set<string>();
  readonly paths = new Map<string, string>();
  isFirstInstance = true;
  ready = false;

  constructor(private readonly double: ElectronDouble) {
    super();
  }

  setPath(name: string, path: string): void {
    this.double.calls.push(`setPath ${name}`);
    this.paths.set(name, path);
  }

  requestSingleInstanceLock(): boolean {
    this.double.calls.push('requestSingleInstanceLock');
    return this.isFirstInstance;
  }

  enableSandbox(): void {
    if (this.ready) throw new Error('app.enableSandbox() must be called before the application is ready');
    this.double.calls.push('enableSandbox');
  }

  async whenReady(): Promise<void> {
    await Promise.resolve();
    this.ready = true;
    this.double.calls.push('ready');
  }

  /** As if the person chose Quit. @returns whether Electron would end the process by itself */
  tryQuit(): boolean {
    const event = new PreventableEvent();
    for (const window of this.double.windows) window.close();
    this.emit('will-quit', event);
    return !event.defaultPrevented;
  }
}

type Answerer = (granted: boolean) => void;

class SessionDouble extends EventEmitter {
  request: ((contents: unknown, permission: string, answer: Answerer) => void) | null = null;
  check: ((contents: unknown, permission: string) => boolean) | null = null;
  device: ((details: { deviceType: string }) => boolean) | null = null;
  beforeRequest: ((details: { url: string }, answer: (verdict: { cancel?: boolean }) => void) => void) | null = null;
  readonly webRequest = {
    onBeforeRequest: (listener: SessionDouble['beforeRequest']) => {
      this.beforeRequest = listener;
    },
  };

  setPermissionRequestHandler(handler: SessionDouble['request']): void {
    this.request = handler;
  }

  setPermissionCheckHandler(handler: SessionDouble['check']): void {
    this.check = handler;
  }

  setDevicePermissionHandler(handler: SessionDouble['device']): void {
    this.device = handler;
  }

  isCancelled(url: string): boolean {
    let cancelled = false;
    this.beforeRequest?.({ url }, ({ cancel }) => (cancelled = cancel === true));
    return cancelled;
  }

  /** @returns whether the download would go on */
  tryDownload(): boolean {
    const event = new PreventableEvent();
    this.emit('will-download', event, {}, {});
    return !event.defaultPrevented;
  }
}

export interface WindowOptions {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly show: boolean;
  readonly title: string;
  readonly webPreferences: Readonly<Record<string, unknown>> & { readonly preload: string };
}

class WindowDouble extends EventEmitter {
  readonly webContents = new ContentsDouble();
  /** What the page's own scripts see. */
  page: Record<string, unknown> = {};
  isShown = false;
  maximized = false;
  minimized = false;
  focused = 0;
  reloads = 0;
  bounds = { x: 10, y: 20, width: 1111, height: 777 };
  private destroyed = false;

  constructor(
    private readonly double: ElectronDouble,
    readonly options: WindowOptions,
  ) {
    super();
    double.windows.push(this);
    double.app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame = { url, parent: null };
    const answer = await this.double.request(url);
    if (!answer.ok) throw new Error(`ERR_FAILED (${answer.status}) loading '${url}'`);
    this.page = createPage(this.double, this);
    this.emit('ready-to-show');
    const script = await this.double.request(new URL('./page.js', url).href);
    // The page's own script; the preload file has run before.
    runInContext(await script.text(), this.page);
    (this.page['loaded'] as () => void)();
  }

  show(): void {
    this.isShown = true;
  }

  maximize(): void {
    this.maximized = true;
  }

  isMaximized(): boolean {
    return this.maximized;
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  restore(): void {
    this.minimized = false;
  }

  focus(): void {
    this.focused += 1;
  }

  reload(): void {
    this.reloads += 1;
  }

  getNormalBounds(): object {
    return this.bounds;
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  /** As if the person closed it. */
  close(): void {
    if (this.destroyed) return;
    this.emit('close', new PreventableEvent());
    this.destroy();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('closed');
  }
}

/** A page with just the browser's things that preload and the test's page use, and the preload file run in it. */
function createPage(double: ElectronDouble, window: WindowDouble): Record<string, unknown> {
  const observers = new Set<() => void>();
  const dataset = new Proxy<Record<string, string>>(
    {},
    {
      set(target, key, value: string) {
        target[String(key)] = value;
        queueMicrotask(() => observers.forEach((notice) => notice()));
        return true;
      },
    },
  );
  const whenLoaded: (() => void)[] = [];
  const page: Record<string, unknown> = createContext({ File });
  page['window'] = page;
  page['document'] = { documentElement: { dataset } };
  page['loaded'] = () => whenLoaded.forEach((listener) => listener());
  const world = createContext({
    document: page['document'],
    addEventListener: (_name: string, listener: () => void) => whenLoaded.push(listener),
    MutationObserver: class {
      constructor(private readonly notice: () => void) {}
      observe(): void {
        observers.add(this.notice);
      }
      disconnect(): void {
        observers.delete(this.notice);
      }
    },
    require: (name: string) => {
      if (name !== 'electron') throw new Error(`a sandboxed preload has no module ${name}`);
      return preloadModule(double, window, page);
    },
    module: { exports: {} },
    exports: {},
  });
  runInContext(readFileSync(window.options.webPreferences.preload, 'utf8'), world);
  return page;
}

/** What a sandboxed preload gets of Electron. */
function preloadModule(double: ElectronDouble, window: WindowDouble, page: Record<string, unknown>): object {
  const { webContents } = window;
  return {
    contextBridge: {
      exposeInMainWorld(key: string, api: Record<string, unknown>) {
        Object.defineProperty(page, key, { value: overTheBridge(api), enumerable: true });
      },
    },
    ipcRenderer: {
      invoke: (channel: string, ...given: unknown[]) =>
        double.invoke({ senderFrame: webContents.mainFrame, sender: webContents }, channel, ...given),
      on(channel: string, listener: (event: object, ...given: unknown[]) => void) {
        webContents.receive = (sent, given) => {
          if (sent === channel) listener({ sender: 'never for the page' }, ...given);
        };
      },
    },
    webUtils: { getPathForFile: (file: File) => double.files.get(file) ?? '' },
  };
}

/** Each world has a `Promise` of its own. */
function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

/** Electron's context bridge: functions become functions of the other world, everything else is copied. */
function overTheBridge(value: unknown): unknown {
  if (value instanceof File) return value;
  if (typeof value === 'function') {
    return (...given: unknown[]) => {
      const result: unknown = Reflect.apply(value, undefined, given.map(overTheBridge));
      return isPromise(result) ? result.then(overTheBridge) : overTheBridge(result);
    };
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  if (!entries.some(([, member]) => typeof member === 'function')) return structuredClone(value);
  return Object.freeze(Object.fromEntries(entries.map(([key, member]) => [key, overTheBridge(member)])));
}
