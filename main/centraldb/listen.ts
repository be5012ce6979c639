import pg from 'pg';
import type { Log } from '../lib/logger';
import { driverSettings, type CentralConnection } from './connection';

/** How long until a lost connection is tried again: hints only save waiting, whoever listens asks by itself too. */
const AGAIN_MS = 10_000;

/**
 * Listens on a connection of its own, outside any pool: a pool would give it away, and with it what it listens to. A hint
 * says only that something is there. Hints are lost while the server is away.
 *
 * @returns ends the listening
 */
export function listenForHints(
  connect: () => Promise<CentralConnection>,
  channel: string,
  onHint: () => void,
  log: Log,
): () => Promise<void> {
  let closed = false;
  /** Told once: the server may be away for long. */
  let lost = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;

  function again(reason: unknown): void {
    if (closed || timer !== null) return;
    if (!lost) log.info('hints of the central database are lost, tried again', { reason: String(reason) });
    lost = true;
    timer = setTimeout(() => {
      timer = null;
      opening = open();
    }, AGAIN_MS);
    timer.unref();
  }

  async function open(): Promise<void> {
    try {
      const fresh = new pg.Client(driverSettings(await connect()));
      fresh.on('error', again);
      fresh.on('end', () => again('the connection has ended'));
      fresh.on('notification', () => onHint());
      client = fresh;
      await fresh.connect();
      await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
      lost = false;
      // What was stored while nobody listened.
      onHint();
    } catch (error) {
      again(error);
    }
  }

  let opening = open();
  return async () => {
    closed = true;
    if (timer !== null) clearTimeout(timer);
    await opening;
    await client?.end().catch(() => undefined);
  };
}
