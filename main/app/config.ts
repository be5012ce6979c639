import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { usageError } from '../../shared/domain/fault';
import { thingSpaceCredentialsSchema, type ThingSpaceCredentials } from '../services/credentials';

/**
 * The only reader of the environment and of the command line's words. Secrets are taken out of the environment when
 * they are read, so that no child process inherits them.
 */
export interface Config {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  /** Data folder when the command line names none. */
  readonly home: string;
  /** Both set: every command signs in for its own duration. Else the kept session is used. */
  readonly user: string | null;
  readonly password: string | null;
  readonly newPassword: string | null;
  readonly centralPassword: string | null;
  /** Carrier credentials by provider name, in memory only; null: they come from the OS keychain. */
  readonly credentials: Readonly<Record<string, ThingSpaceCredentials>> | null;
  /** Logins of callbacks by provider name, for a receiver that has no carrier account; null: those of the credentials. */
  readonly callbackLogins: Readonly<Record<string, CallbackLogin>> | null;
  /** The person's own proxy for the carrier, as other programs take it; null: none. */
  readonly proxy: Readonly<Record<string, string>> | null;
  /** First read-back after an answer, in ms; null: the built-in 30 s. */
  readonly firstReadBackMs: number | null;
  /** What finding an installed browser needs: the named one, and where programs lie. */
  readonly browserEnvironment: Readonly<Record<string, string | undefined>>;
}

const BROWSER_VARIABLES = ['SWAPDESK_CHROMIUM', 'PATH', 'HOME', 'ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'];

const callbackLoginSchema = z.object({ username: z.string().min(1), password: z.string().min(1) });
export type CallbackLogin = z.infer<typeof callbackLoginSchema>;

const credentialsByProvider = z.record(z.string(), thingSpaceCredentialsSchema);

export function readConfig(): Config {
  const env = process.env;
  useUtf8(env, process.platform);
  return {
    argv: process.argv.slice(2),
    home: env['SWAPDESK_HOME'] ?? defaultHome(process.platform, env),
    user: take(env, 'SWAPDESK_USER'),
    password: take(env, 'SWAPDESK_PASSWORD'),
    newPassword: take(env, 'SWAPDESK_NEW_PASSWORD'),
    centralPassword: take(env, 'SWAPDESK_CENTRAL_PASSWORD'),
    credentials: readCredentials(take(env, 'SWAPDESK_CREDENTIALS'), take(env, 'SWAPDESK_CREDENTIALS_JSON')),
    callbackLogins: readCallbackLogins(take(env, 'SWAPDESK_CALLBACKS_JSON')),
    proxy: readProxy(env),
    firstReadBackMs: readMilliseconds('SWAPDESK_FIRST_READ_BACK_MS', env['SWAPDESK_FIRST_READ_BACK_MS']),
    browserEnvironment: Object.fromEntries(BROWSER_VARIABLES.map((name) => [name, env[name]])),
  };
}

/**
 * Under a locale without UTF-8, as in a bare service or container, the browser can't open a file whose name has more than
 * plain letters. Child processes inherit what is set here.
 */
export function useUtf8(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): void {
  if (platform !== 'linux') return;
  const { LC_ALL, LC_CTYPE, LANG } = env;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  if (/utf-?8/i.test(locale)) return;
  env[LC_ALL ? 'LC_ALL' : 'LC_CTYPE'] = 'C.UTF-8';
}

const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];

function readProxy(env: NodeJS.ProcessEnv): Config['proxy'] {
  const set = PROXY_VARIABLES.flatMap((name) => {
    const value = env[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  return set.some(([name]) => !/^no_proxy$/i.test(name)) ? Object.fromEntries(set) : null;
}

function take(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name];
  delete env[name];
  return value === undefined || value === '' ? null : value;
}

/** Where each system keeps a program's data (XDG Base Directory, Apple's and Microsoft's guidelines). */
function defaultHome(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Swapdesk');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Swapdesk');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'swapdesk');
}

function readCredentials(mode: string | null, json: string | null): Config['credentials'] {
  if (mode === null || mode === 'keychain') return null;
  if (mode !== 'memory') {
    throw usageError({
      code: 'environment-refused',
      what: 'SWAPDESK_CREDENTIALS can be "memory" or "keychain"',
      todo: 'Set it to one of them, or leave it away for the keychain.',
    });
  }
  if (json === null) return {};
  try {
    return credentialsByProvider.parse(JSON.parse(json));
  } catch (error) {
    // The text itself holds secrets: only the places that are wrong are named.
    const places =
      error instanceof z.ZodError ? error.issues.map((issue) => issue.path.join('.')).join(', ') : 'not JSON';
    throw usageError({
      code: 'environment-refused',
      what: 'SWAPDESK_CREDENTIALS_JSON is not what it should be',
      why: places,
      todo: 'Give {"<provider>": {"clientId", "clientSecret", "username", "password"}}.',
    });
  }
}

/** @throws usage `callback-logins-refused` */
function readCallbackLogins(text: string | null): Config['callbackLogins'] {
  if (text === null) return null;
  // The text holds secrets: an error names no part of it.
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = z.record(z.string(), callbackLoginSchema).safeParse(value);
  if (parsed.success) return parsed.data;
  throw usageError({
    code: 'callback-logins-refused',
    what: 'SWAPDESK_CALLBACKS_JSON is not what is needed',
    todo: 'Give {"<provider>": {"username": …, "password": …}}.',
  });
}

function readMilliseconds(name: string, text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usageError({
    code: 'environment-refused',
    what: `${name} must be a whole number of milliseconds`,
    where: text,
  });
}
