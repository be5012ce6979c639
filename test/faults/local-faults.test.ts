import { closeSync, openSync, writeSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import sqlite3 from 'sqlite3';
import { systemClock } from '../../main/lib/clock';
import { startSimulator, type Simulator } from '../../simulator/start-simulator';
import { openSimulatedShop, type SimulatedShop } from '../support/simulated-processing';

/**
 * The local database fails in the middle of a change. What can't be stored is not sent; what was sent is not forgotten:
 * when the disk works again every row ends as the carrier says, and nothing was asked for twice.
 */
const ROWS = 16;
const FAULT_MS = 700;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(): Promise<{ simulator: Simulator; shop: SimulatedShop }> {
  const simulator = await startSimulator({ lines: ROWS * 2, accounts: 1, latencyMs: [20, 60] });
  closing.push(() => simulator.stop());
  const shop = await openSimulatedShop({
    ...{ simulator, rows: ROWS, concurrency: 2, callbackUrl: 'http://127.0.0.1:0/callbacks' },
    ...{ timeouts: { answerMs: 5_000, totalMs: 10_000 }, limits: { firstReadBackMs: 500 } },
  });
  closing.push(() => shop.close());
  await shop.submit();
  return { simulator, shop };
}

/** What a connection of another program does to the file. */
async function elsewhere(file: string, statements: readonly string[], whileHeld: () => Promise<void>): Promise<void> {
  const other = new sqlite3.Database(file);
  const run = (sql: string): Promise<void> =>
    new Promise((resolve, reject) => other.exec(sql, (error) => (error === null ? resolve() : reject(error))));
  for (const statement of statements) await run(statement);
  await whileHeld();
  await run('rollback').catch(() => undefined);
  await new Promise((resolve) => other.close(resolve));
}

const TROUBLES: Readonly<Record<string, (shop: SimulatedShop) => Promise<void>>> = {
  'the disk is full': async ({ local }) => {
    await local.write((trx) => trx.raw('pragma max_page_count = 1'));
    await systemClock.sleep(FAULT_MS);
    await local.write((trx) => trx.raw('pragma max_page_count = 4294967294'));
  },
  'another program holds the file': async ({ local }) =>
    elsewhere(local.file, ['begin immediate'], () => systemClock.sleep(FAULT_MS)),
};

describe('a change while the local database fails', () => {
  it.each(Object.keys(TROUBLES))('%s for a while', { timeout: 90_000 }, async (name) => {
    const { simulator, shop } = await open();
    const running = shop.processor.run({ untilIdle: true, timeoutMs: 80_000 });
    while (simulator.control.state().swaps.applied < 3) await systemClock.sleep(10);
    await TROUBLES[name]?.(shop);
    const { reason, ended } = await running;
    const { applied, doubles, repeats } = simulator.control.state().swaps;
    expect({ reason, processed: ended.processed, applied, doubles, repeats }).toEqual({
      ...{ reason: 'idle', processed: ROWS, applied: ROWS },
      ...{ doubles: 0, repeats: 0 },
    });
  });

  it('it is read-only from now on: the run ends and says so', { timeout: 60_000 }, async () => {
    const { simulator, shop } = await open();
    const running = shop.processor.run({ untilIdle: true, timeoutMs: 50_000 });
    const ended = expect(running).rejects.toMatchObject({ code: 'data-folder-readonly' });
    while (simulator.control.state().swaps.applied < 3) await systemClock.sleep(10);
    await shop.local.write((trx) => trx.raw('pragma query_only = on'));
    await ended;
    const { doubles, repeats } = simulator.control.state().swaps;
    expect([doubles, repeats]).toEqual([0, 0]);
  });

  it('a page of it is damaged: the run ends and says so, and nothing is sent', { timeout: 60_000 }, async () => {
    const { simulator, shop } = await open();
    const [page] = await shop.local.read.raw<{ rootpage: number; size: number }[]>(
      `select rootpage, (select page_size from pragma_page_size) as size from sqlite_schema where name = 'm2m_device_change'`,
    );
    if (page === undefined) throw new Error('no such table');
    await elsewhere(shop.local.file, ['pragma wal_checkpoint(truncate)'], async () => undefined);
    const file = openSync(shop.local.file, 'r+');
    writeSync(file, Buffer.alloc(page.size, 0xff), 0, page.size, (page.rootpage - 1) * page.size);
    closeSync(file);
    await expect(shop.processor.run({ untilIdle: true, timeoutMs: 20_000 })).rejects.toMatchObject({
      code: 'database-damaged',
    });
    expect(simulator.control.state().swaps.applied).toBe(0);
  });
});
