import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import { redact, type Json } from './redact';

export type LogFields = Readonly<Record<string, Json | undefined>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** The program's own log: JSON lines in `logs/swapdesk.log` of the data folder, mode 0600, redacted by field name. */
export function createFileLog(homeDir: string): Log & { close(): void } {
  const dir = join(homeDir, 'logs');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const destination = pino.destination({ dest: join(dir, 'swapdesk.log'), sync: true, mode: 0o600 });
  const logger = pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const clean = (fields: LogFields | undefined): object =>
    redact(JSON.parse(JSON.stringify(fields ?? {})) as Json) as object;
  return {
    info: (message, fields) => logger.info(clean(fields), message),
    warn: (message, fields) => logger.warn(clean(fields), message),
    error: (message, fields) => logger.error(clean(fields), message),
    close: () => destination.end(),
  };
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
