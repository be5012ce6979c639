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
  readonly training: boolean;
  /** For the shell's own files, such as the browser's profile. */
  readonly homeDir: string;
  readonly windowStateFile: string;
  /** Where an installed browser may be found. */
  readonly browserEnvironment: Readonly<Record<string, string | undefined>>;
}

/** What the application needs of a shell. */
export interface ShellAbilities {
  /** Asks where to save; null: the person left. */
  choosePlace(suggestedName: string): Promise<string | null>;
  /** Shows a saved file in the system's file manager. */
  show(path: string): Promise<void>;
}

export interface OpenWindow {
  readonly abilities: ShellAbilities;
  /** Resolves when the window is gone; rejects when it failed. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

export interface OpenShell {
  readonly kind: 'electron' | 'chromium';
  /** Sentences that the person should know, such as a missing sandbox. */
  readonly notices: readonly string[];
  open(host: ShellHost): Promise<OpenWindow>;
}
