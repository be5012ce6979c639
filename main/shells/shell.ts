import type { ImportSource } from '../../shared/contract/imports';
import type { Answer } from '../../shared/contract/index';
import type { Sender } from '../ipc';

/** What a shell needs of the application. */
export interface ShellHost {
  /** The one door: every message of the page goes through it. */
  ask(sender: Sender, name: unknown, input: unknown): Promise<Answer<unknown>>;
  /** A file that the person dropped or chose becomes an opaque id. */
  registerSource(path: string): Promise<ImportSource>;
  onAnnounce(listener: (name: string, payload: unknown) => void): () => void;
  /** The built page. */
  readonly rendererDir: string;
  readonly title: string;
  /** The browser's own files: profile, caches, placement of the window. */
  readonly profileDir: string;
  /** Where files go that the person did not choose a place for. */
  readonly savedDir: string;
}

/** What the application needs of a shell. */
export interface ShellAbilities {
  /** Asks where to save; null: the person left. */
  choosePlace(suggestedName: string): Promise<string | null>;
  /** Shows a saved file in the system's file manager. @throws failed `folder-not-shown` */
  show(path: string): Promise<void>;
}

export interface OpenWindow {
  readonly abilities: ShellAbilities;
  /** Resolves when the window is gone; rejects when it failed. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/** What a shell is told before there is a data folder. */
export interface ShellStart {
  /** Exists already. */
  readonly profileDir: string;
  /** Where an installed browser may be found. */
  readonly browserEnvironment: Readonly<Record<string, string | undefined>>;
  /** Called when the system or the person ends the program by other ways than the window and signals. */
  stop(): void;
}

export interface OpenShell {
  readonly kind: 'electron' | 'chromium';
  /**
   * Runs first, in the same turn of the event loop as the program's first file: some settings of Electron come too late
   * afterwards.
   * @throws when no window could be opened later, with what to do
   */
  prepare(start: ShellStart): Promise<void>;
  /** Sentences that the person should know, such as a missing sandbox. Asked after `prepare`. */
  notices(): readonly string[];
  /** Resolves when the window can be used. */
  open(host: ShellHost): Promise<OpenWindow>;
}

/** Chromium refuses to build its sandbox for root. Then, and only then, it runs without. */
export const NO_SANDBOX_NOTICE =
  'This window runs as root, so the browser’s sandbox is off (--no-sandbox). Use an ordinary account for real work.';
