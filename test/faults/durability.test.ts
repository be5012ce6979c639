import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openLocalDb } from '../../main/localdb/open';
import { silentLog } from '../../main/lib/logger';
import { systemClock } from '../../main/lib/clock';
import { createQueueService } from '../../main/services/queue';
import { createFastClock } from '../support/clocks';
import { openTestDb } from '../support/local-db';
import { oldIccid, openWorkshop, SESSION, type Workshop } from '../support/processing';
import { scaled } from '../support/scale';

const ROWS = scaled(600, 60);

let shop: Workshop | null = null;
let dir: string | null = null;
afterEach(async () => {
  await shop?.close();
  shop = null;
  if (dir !== null) rmSync(dir, { recursive: true, force: true });
  dir = null;
});

describe('what the disk holds at the moment when a request leaves', () => {
  it(
    `always knows of the request, in ${ROWS} copies of database and WAL, torn ones too`,
    { timeout: 600_000 },
    async () => {
      const made = await openWorkshop({ rows: ROWS, clock: createFastClock(2), provider: { concurrency: 1 } });
      shop = made;
      const copies = mkdtempSync(join(tmpdir(), 'swapdesk-copies-'));
      dir = copies;
      let checked = 0;
      made.carrier.onWire = async (old) => {
        const copy = join(copies, 'copy.sqlite');
        for (const end of ['', '-wal']) {
          if (existsSync(made.local.file + end)) copyFileSync(made.local.file + end, copy + end);
        }
        // What was not synced may be torn: half a frame of a later transaction must not harm an earlier one.
        if (checked % 2 === 1) appendGarbage(`${copy}-wal`);
        const db = await openLocalDb({ file: copy });
        try {
          expect(await db.read.raw(`pragma integrity_check`)).toEqual([{ integrity_check: 'ok' }]);
          const found = await db.read.raw<{ status: string; request: string }[]>(
            `select status, request from m2m_device_change where old_iccid = ?`,
            [old],
          );
          expect(found[0]?.status).toBe('sending');
          expect(found[0]?.request).toContain(old);
          const [intents] = await db.read.raw<{ intents: number }[]>(
            `select count(*) as intents from audit_entry where body ->> '$.action' = 'row.sending'`,
          );
          expect(intents?.intents).toBe(made.carrier.calls.length);
        } finally {
          await db.close();
          for (const end of ['', '-wal', '-shm']) rmSync(copy + end, { force: true });
        }
        checked += 1;
      };
      await made.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
      await made.processor({ tickMs: 20 }).run({ untilIdle: true, timeoutMs: null });
      expect(checked).toBe(ROWS);
      expect(made.carrier.applied.get(oldIccid(1))).toBe(1);
      expect(await made.local.read.raw(`pragma synchronous`)).toBeDefined();
      const [mode] = await made.local.write((trx) => trx.raw<{ synchronous: number }[]>(`pragma synchronous`));
      // 2 is FULL: a commit is on the disk before it is answered.
      expect(mode?.synchronous).toBe(2);
    },
  );
});

/** The beginning of a frame that never got to its end. */
function appendGarbage(wal: string): void {
  const { size } = statSync(wal);
  truncateSync(wal, size + 1_000);
}

describe('orphans among very many waiting jobs', () => {
  const JOBS = scaled(1_000_000);

  it(`are found at the start, at once, among ${JOBS}`, { timeout: 300_000 }, async () => {
    const db = await openTestDb();
    try {
      const queue = createQueueService({ local: db, clock: systemClock, log: silentLog });
      await db.write((trx) =>
        trx.raw(
          `insert into job (provider_uid, device_id, bulk_change_id, device_change_id, confirms, priority, message, state,
                            run_at, added_at)
           with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
           select 'north', i, 1, i, 0, 1, json_object('BulkChangeId', 1, 'M2MDeviceChangeId', i,
             'IsRetryUpdateIdentifier', json('false'), 'RetryNumber', 0, 'RequestId', ''), 'waiting', 0, 0 from n`,
          [JOBS],
        ),
      );
      const lane = { providerUid: 'north', confirms: false, limit: 50 };
      const taken = await db.write((trx) => queue.claim(trx, 'killed', systemClock.now() + 60_000, [lane]));
      expect(taken.jobs).toHaveLength(50);
      // Another process, after a SIGKILL: the claims have not run out yet.
      const next = await openLocalDb({ file: join(db.dir, 'local.sqlite') });
      try {
        const theirs = createQueueService({ local: next, clock: systemClock, log: silentLog });
        expect(await next.write((trx) => theirs.recoverOrphans(trx, 'all'))).toBe(50);
        const again = await next.write((trx) => theirs.claim(trx, 'new', systemClock.now() + 60_000, [lane]));
        expect(again.jobs.map((job) => job.id)).toEqual(taken.jobs.map((job) => job.id));
      } finally {
        await next.close();
      }
    } finally {
      await db.close();
    }
  });
});
