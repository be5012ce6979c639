import { describe, expect, it } from 'vitest';
import { ok } from '../../shared/domain/result';
import type { SwapRequest } from '../../shared/domain/carrier-request';
import { openConfirmingDesk } from '../support/confirming';
import { createFastClock } from '../support/clocks';
import { createFakeCarrier } from '../support/fake-carrier';
import { draftRow, newIccid, oldIccid, PROVIDER, SESSION } from '../support/processing';
import { scaled } from '../support/scale';

/**
 * A flood of callbacks: of ten deliveries a row one is forged, one is for a request that nobody made, one comes before the
 * answer to the PUT, and the true one comes again and again, all shuffled. Rows end as the carrier's truth says.
 */
const DELIVERIES = scaled(100_000);
const PER_ROW = 10;
const ROWS = DELIVERIES / PER_ROW;
const AT_ONCE = 24;

type Truth = 'changed' | 'refused' | 'unknown code';
const truthOf = (line: number): Truth => (line % 20 === 3 ? 'unknown code' : line % 5 === 2 ? 'refused' : 'changed');
const EXPECTED: Readonly<Record<Truth, string>> = {
  changed: 'processed',
  refused: 'error',
  'unknown code': 'dead_letter',
};
const CODES = { refused: 'REQUEST_FAILED.DeviceAlreadyActive', 'unknown code': 'REQUEST_FAILED.WhoKnows' } as const;

/** A small generator (Lehmer), so that a failure can be repeated. */
let state = 20_261_124;
function chance(): number {
  state = (state * 48_271) % 2_147_483_647;
  return state / 2_147_483_647;
}

interface Login {
  readonly username: string;
  readonly password: string;
}

function bodyOf(line: number, login: Login, truth: Truth, requestId: string, count: number): string {
  const deviceIds = [{ id: oldIccid(line), kind: 'Iccid' }];
  const result =
    truth === 'changed'
      ? {
          status: 'Success',
          deviceResponse: { changeIdentifierResponse: { deviceIds: [{ id: newIccid(line), kind: 'iccid' }] } },
        }
      : { status: 'Failed', faultResponse: { faultcode: CODES[truth], faultstring: 'no' } };
  return JSON.stringify({ ...login, requestId, deviceIds, ...result, callbackCount: count, maxCallbackThreshold: 4 });
}

describe(`${DELIVERIES} deliveries of callbacks`, () => {
  it('leave every row as the carrier’s truth says, and no forged one is accepted', { timeout: 900_000 }, async () => {
    const pool: { readonly body: string; readonly expected: number }[] = [];
    const count = { before: 0, forged: 0, unknown: 0, duplicates: 0, refusedForged: 0 };
    const lines = new Map(Array.from({ length: ROWS }, (_, index) => [index + 1, oldIccid(index + 1)]));
    const login: Login = { username: 'swapdesk', password: 'correct-horse' };
    let url = '';
    const post = async (body: string, expected: number): Promise<void> => {
      const { status } = await fetch(url, { method: 'POST', body });
      if (expected === 401 && status === 401) count.refusedForged += 1;
      expect(status).toBe(expected);
    };
    const record = {
      ...{ correlationId: 'c', method: 'PUT', path: '/', request: null, httpStatus: 200, response: null },
      ...{ startedAt: 0, durationMs: 1 },
    };
    const thingspace = {
      ensureSession: async () => ok(undefined),
      swapRequest: createFakeCarrier().swapRequest,
      deleteLine: () => Promise.reject(new Error('nothing is deleted here')),
      history: () => Promise.reject(new Error('no history is asked for here')),
      registerCallback: async () => ok(undefined),
      async findLine(_provider: unknown, by: { kind: string; id: string }) {
        const line = Number(by.id) - 5_550_000_000;
        const iccid = by.kind === 'mdn' ? lines.get(line) : undefined;
        const found = {
          ...{ iccid: iccid ?? '', imei: null, mdn: by.id, eid: null, status: 'active' as const, carrierPlan: null },
          ...{ lastConnectionAt: null, customer: null, ratePlan: null, ratePool: null, identifiers: {} },
          connected: null,
        };
        return { result: ok(iccid === undefined ? null : found), record };
      },
      async swap(_provider: unknown, request: SwapRequest) {
        const line = Number(request.body.deviceIds[0]?.id.slice(10));
        const truth = truthOf(line);
        if (truth === 'changed') lines.set(line, newIccid(line));
        const requestId = `request-${line}`;
        await post(bodyOf(line, login, truth, requestId, 1), 200);
        count.before += 1;
        for (let again = 2; again <= PER_ROW - 2; again += 1) {
          pool.push({ body: bodyOf(line, login, truth, requestId, again), expected: 200 });
          count.duplicates += 1;
        }
        const lie: Truth = truth === 'changed' ? 'refused' : 'changed';
        pool.push({
          body: bodyOf(line, { ...login, password: `${login.password}x` }, lie, requestId, 1),
          expected: 401,
        });
        pool.push({ body: bodyOf(line, login, lie, `nobody-${line}`, 1), expected: 200 });
        count.forged += 1;
        count.unknown += 1;
        if (pool.length >= 400) await deliver(pool, post, 200);
        return { result: ok({ requestId }), record };
      },
    };
    const clock = createFastClock(4);
    const provider = { ...PROVIDER, callbackUrl: 'http://127.0.0.1:0/callbacks', concurrency: AT_ONCE };
    const rows = Array.from({ length: ROWS }, (_, index) => draftRow(index + 1));
    const desk = await openConfirmingDesk({ clock, provider, rows, thingspace, limits: { firstReadBackMs: 60_000 } });
    try {
      await desk.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
      url = (await desk.confirmation.startReceiver(provider, login)).url;
      const run = () => desk.processor().run({ untilIdle: true, timeoutMs: 3_600_000 });
      await run();
      // What is delivered days later, and for the tenth time, finds rows that have ended.
      await deliver(pool, post, pool.length);
      await desk.confirmation.idle();
      await run();
      const wrong: string[] = [];
      const { rows: ended } = await desk.changes.rows(1, { limit: ROWS, offset: 0 });
      for (const row of ended) {
        const expected = EXPECTED[truthOf(row.row)];
        if (row.status !== expected) wrong.push(`row ${row.row}: ${row.status}, expected ${expected}`);
        const central = desk.central.lines.get(row.deviceId)?.iccid;
        if ((central === newIccid(row.row)) !== (expected === 'processed'))
          wrong.push(`row ${row.row}: central ${central}`);
      }
      console.log(JSON.stringify({ rows: ROWS, ...count }));
      expect(wrong).toEqual([]);
      expect(count.refusedForged).toBe(count.forged);
      const [forged] = await desk.local.read.raw<{ stored: number }[]>(
        `select count(*) as stored from thingspace_callback_log where request_id like 'nobody-%' and state = 'judged'`,
      );
      expect(forged?.stored).toBe(0);
      const twice = await desk.local.read.raw<object[]>(
        `select 1 from audit_entry where body ->> '$.action' in ('row.confirmed', 'row.processed')
         group by body ->> '$.action', body ->> '$.deviceChange' having count(*) > 1`,
      );
      expect(twice).toEqual([]);
      expect(await desk.audit.verify([])).toMatchObject({ ok: true });
    } finally {
      await desk.close();
    }
  });
});

/** Any of what waits, in any order, many at once. */
async function deliver(
  pool: { readonly body: string; readonly expected: number }[],
  post: (body: string, expected: number) => Promise<void>,
  most: number,
): Promise<void> {
  for (let left = most; left > 0 && pool.length > 0; left -= AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, pool.length) }, () => {
      const [one] = pool.splice(Math.floor(chance() * pool.length), 1);
      return one;
    });
    await Promise.all(some.map((one) => (one === undefined ? Promise.resolve() : post(one.body, one.expected))));
  }
}
