import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createManualClock, type ManualClock } from '../../../test/support/clocks';
import { callFault, type Fate } from '../../../test/support/fake-carrier';
import { newIccid, oldIccid, openWorkshop, PROVIDER, SESSION, type Workshop } from '../../../test/support/processing';
import { mayBecome, type DeviceChangeStatus } from '../../../shared/domain/change';
import type { ConfirmationDecision, ProcessingGate } from './types';

/**
 * Random histories of one row against the real database: sends with any fate, read-backs, callbacks in any order and
 * number, crashes between any two steps, the central database coming and going. Whatever happens, the row goes only
 * where the table allows, the carrier never applies it twice, and an open row never loses its job.
 */
vi.setConfig({ testTimeout: 120_000 });

const LIMITS = {
  firstReadBackMs: 100,
  quietMs: 1_000,
  mostSends: 3,
  mostReadBacks: 3,
  mostUpdates: 2,
  sendBackoff: { minMs: 10, maxMs: 20 },
  readBackBackoff: { minMs: 100, maxMs: 100 },
  systemBackoff: { minMs: 10, maxMs: 10 },
};
/** Late by less than the quiet time: what comes later than that no client can tell from silence. */
const FATES: readonly Fate[] = [
  'accepted',
  'accepted-and-forgotten',
  'rate-limited',
  'refused-for-now',
  'refused-for-good',
  'unknown-code',
  'unreachable',
  'failed-before',
  'changed-then-failed',
  'login-refused',
];

type Event =
  | { readonly kind: 'work'; readonly fate: Fate; readonly dies: 'no' | 'on the wire' | 'before the outcome' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'callback'; readonly says: 'truth' | 'failed' | 'failed for now' | 'unclear' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'central'; readonly away: boolean }
  | { readonly kind: 'unreadable read-back'; readonly on: boolean };

const events: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      fate: fc.constantFrom(...FATES),
      dies: fc.constantFrom('no', 'no', 'no', 'on the wire', 'before the outcome'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(10, 100, 1_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('callback' as const),
      says: fc.constantFrom('truth', 'failed', 'failed for now', 'unclear'),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'restart' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('central' as const), away: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unreadable read-back' as const), on: fc.boolean() }) },
);

const gate: ProcessingGate = {
  provider: () => PROVIDER,
  maySend: () => true,
  turn: async () => true,
  pauseUntil: () => undefined,
  carrierAnswered: () => undefined,
  carrierTrouble: async () => undefined,
  carrierDoubtful: async () => undefined,
  centralAnswered: () => undefined,
  centralTrouble: () => undefined,
};

/** Line number of the next history: one database serves them all, since a row is all that a history touches. */
let shop: Workshop;
let clock: ManualClock;
let nextChange = 1;

beforeAll(async () => {
  clock = createManualClock();
  shop = await openWorkshop({ rows: 0, clock, limits: LIMITS });
});
afterAll(() => shop.close());

/** A new row of a new line, queued with its job. */
async function newRow(): Promise<{ id: number; line: number }> {
  const line = nextChange++;
  const pair = { iccid: oldIccid(line) };
  shop.carrier.lines.set(line, pair);
  shop.central.lines.set(line, pair);
  const id = await shop.local.write(async (trx) => {
    await trx.raw(
      `insert into bulk_change (uid, name, provider_uid, provider_name, portal, change_type, plan_hash, row_count,
                                created_at, created_by)
       values (?, 'n', ?, 'P', 'm2m', 'ChangeICCID', 'h', 1, 0, ?)`,
      [`change-${line}`, PROVIDER.uid, SESSION.userName],
    );
    const [made] = await trx.raw<{ id: number }[]>(
      `insert into m2m_device_change (uid, bulk_change_id, row_no, provider_uid, device_id, mdn, old_iccid, new_iccid,
                                      status, updated_at)
       select ?, max(id), 1, ?, ?, '5550001111', ?, ?, 'created', 0 from bulk_change returning id`,
      [`row-${line}`, PROVIDER.uid, line, oldIccid(line), newIccid(line)],
    );
    return made?.id ?? 0;
  });
  shop.central.away = false;
  shop.carrier.readBackFault = () => null;
  await shop.changes.enrol();
  return { id, line };
}

async function statusOf(id: number): Promise<{ status: DeviceChangeStatus; needsPerson: boolean; jobs: number }> {
  const [row] = await shop.local.read.raw<{ status: DeviceChangeStatus; needs_person: number; jobs: number }[]>(
    `select status, needs_person,
            (select count(*) from job where device_change_id = m2m_device_change.id and state <> 'dead') as jobs
     from m2m_device_change where id = ?`,
    [id],
  );
  if (row === undefined) throw new Error('row missing');
  return { status: row.status, needsPerson: row.needs_person === 1, jobs: row.jobs };
}

/** Claims the row's due job, if any, and works on it; a death leaves the claim as a SIGKILL would. */
async function work(event: Extract<Event, { kind: 'work' }>): Promise<void> {
  shop.carrier.fate = () => event.fate;
  const claimed = await shop.local.write((trx) =>
    shop.queue.claim(
      trx,
      'worker',
      clock.now() + 60_000,
      [true, false].map((confirms) => ({ providerUid: PROVIDER.uid, confirms, limit: 1 })),
    ),
  );
  for (const job of claimed.jobs) {
    const die = (): never => {
      throw new Error('killed');
    };
    shop.carrier.onWire = event.dies === 'on the wire' ? die : () => undefined;
    const swap = shop.carrier.swap;
    if (event.dies === 'before the outcome') {
      shop.carrier.swap = async (...call) => {
        await swap(...call);
        return die();
      };
    }
    await shop.changes.handle(job, gate).catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'killed') throw error;
    });
    shop.carrier.swap = swap;
  }
}

/** The carrier's callbacks say what happened, or that it failed; a failure is told only of what it did not do. */
async function callback(id: number, line: number, says: Extract<Event, { kind: 'callback' }>['says']): Promise<void> {
  const changed = shop.carrier.lines.get(line)?.iccid === newIccid(line);
  const fault = callFault({ class: says === 'failed' ? 'api_permanent' : 'api_transient', code: 'REQUEST_FAILED.X' });
  const decision: ConfirmationDecision =
    says === 'unclear'
      ? { kind: 'wait', runAt: clock.now(), fault: null, detail: 'contradicting callbacks' }
      : changed
        ? { kind: 'changed', proof: 'callback', detail: 'success' }
        : { kind: 'failed', proof: 'callback', fault, detail: 'failure' };
  await shop.local.write(async (trx) => {
    const row = await shop.changes.load(trx, id);
    // Callbacks find their row by the request id only.
    if (row?.requestId == null) return;
    if (says === 'truth' && !changed) return;
    await shop.changes.settle(trx, id, { decision, calls: [] }, null);
  });
}

async function happen(event: Event, id: number, line: number): Promise<void> {
  switch (event.kind) {
    case 'work':
      return work(event);
    case 'pass':
      return clock.advance(event.ms);
    case 'callback':
      return callback(id, line, event.says);
    case 'restart':
      await shop.local.write((trx) => shop.queue.recoverOrphans(trx, 'all'));
      await shop.changes.recover();
      return;
    case 'central':
      shop.central.away = event.away;
      return;
    case 'unreadable read-back': {
      const fault = callFault({ class: 'api_unknown', code: 'http-503', httpStatus: 503 });
      shop.carrier.readBackFault = () => (event.on ? fault : null);
      return;
    }
  }
}

/** One step may be several moves (sent and answered, confirmed and processed), each allowed. */
function reachable(from: DeviceChangeStatus, to: DeviceChangeStatus): boolean {
  const seen = new Set<DeviceChangeStatus>([from]);
  for (const status of seen) {
    if (status === to) return true;
    for (const next of [
      'queued',
      'sending',
      'submitted',
      'unknown',
      'confirmed',
      'processed',
      'conflict',
      'error',
      'dead_letter',
    ] as const) {
      if (mayBecome(status, next)) seen.add(next);
    }
  }
  return false;
}

describe('states of a row', () => {
  it('are only ever reached as the table allows, with nothing sent twice and no open row without a job', async () => {
    let doubled = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: 1, maxLength: 25 }), async (history) => {
        const { id, line } = await newRow();
        let before = await statusOf(id);
        for (const event of history) {
          await happen(event, id, line);
          const after = await statusOf(id);
          expect(reachable(before.status, after.status), `${before.status} → ${after.status}`).toBe(true);
          const open = ['queued', 'sending', 'submitted', 'confirmed'].includes(after.status);
          if (open || (after.status === 'unknown' && !after.needsPerson)) {
            expect(after.jobs, `${after.status} without a job`).toBeGreaterThan(0);
          }
          before = after;
        }
        doubled += (shop.carrier.applied.get(oldIccid(line)) ?? 0) > 1 ? 1 : 0;
        await expectTruth(id, line);
      }),
      { numRuns: 60 },
    );
    expect(doubled).toBe(0);
    expect(await shop.audit.verify([])).toMatchObject({ ok: true });
  });
});

/** With the world calm again every row ends, and says what the carrier's own truth says. */
async function expectTruth(id: number, line: number): Promise<void> {
  shop.central.away = false;
  shop.carrier.readBackFault = () => null;
  await happen({ kind: 'restart' }, id, line);
  for (let step = 0; step < 60; step += 1) {
    const seen = await statusOf(id);
    if (seen.jobs === 0) break;
    await work({ kind: 'work', fate: 'accepted', dies: 'no' });
    clock.advance(1_000);
  }
  const { status, needsPerson, jobs } = await statusOf(id);
  const changed = shop.carrier.lines.get(line)?.iccid === newIccid(line);
  expect(jobs).toBe(0);
  expect(shop.carrier.applied.get(oldIccid(line)) ?? 0).toBe(changed ? 1 : 0);
  const told = needsPerson ? `${status}, for a person` : status;
  if (changed) expect(['processed', 'unknown, for a person']).toContain(told);
  else expect(['error', 'dead_letter', 'unknown, for a person']).toContain(told);
  if (told === 'processed') expect(shop.central.lines.get(line)?.iccid).toBe(newIccid(line));
}
