import type { SwapRequest } from '../../../shared/domain/carrier-request';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFastClock } from '../../../test/support/clocks';
import { openConfirmingDesk, type ConfirmingDesk } from '../../../test/support/confirming';
import { createFakeCarrier } from '../../../test/support/fake-carrier';
import { draftRow, newIccid, oldIccid, PROVIDER, SESSION } from '../../../test/support/processing';
import { fail, ok } from '../../../shared/domain/result';
import type { CallRecord, CarrierLine } from '../thingspace/types';

/**
 * The law of `accept`: whatever callbacks come for a row, how often, in which order, before the answer, after it or
 * when the row has ended long ago, its final state is the carrier's truth.
 */
const LOGIN = { username: 'callback-user', password: 'callback-password' };

type Message =
  'success' | 'success-bare' | 'success-of-another-line' | 'failed' | 'failed-unknown-code' | 'strange' | 'forged';
type Moment = 'before' | 'after' | 'late';

interface Scenario {
  /** What the carrier really does, and when: `late` is long after the row has ended. */
  readonly truth: 'changed' | 'unchanged' | 'changed-late';
  readonly answer: 'accepted' | 'lost';
  readonly deliveries: readonly { readonly message: Message; readonly moment: Moment; readonly times: number }[];
}

const moment = fc.constantFrom<Moment>('before', 'after', 'late');
const delivery = (...messages: Message[]) =>
  fc.record({ message: fc.constantFrom(...messages), moment, times: fc.integer({ min: 1, max: 3 }) });
const NOISE: readonly Message[] = ['success-of-another-line', 'strange', 'forged'];
const scenario: fc.Arbitrary<Scenario> = fc.oneof(
  fc.record({
    truth: fc.constant('changed' as const),
    answer: fc.constantFrom('accepted', 'lost'),
    // Failures may lie, successes may be missing.
    deliveries: fc.array(delivery('success', 'success-bare', 'failed', 'failed-unknown-code', ...NOISE), {
      maxLength: 5,
    }),
  }),
  fc.record({
    truth: fc.constant('unchanged' as const),
    answer: fc.constantFrom('accepted', 'lost'),
    deliveries: fc.array(delivery('failed', ...NOISE), { maxLength: 5 }),
  }),
  fc.record({
    truth: fc.constant('changed-late' as const),
    answer: fc.constant('accepted' as const),
    deliveries: fc
      .array(delivery('failed', ...NOISE), { maxLength: 3 })
      .map((before) => [...before, { message: 'success' as const, moment: 'late' as const, times: 2 }]),
  }),
);

const bodyOf = (line: number, message: Message): object => {
  const common = { ...LOGIN, requestId: `request-${line}`, deviceIds: [{ id: oldIccid(line), kind: 'Iccid' }] };
  const changed = (id: string): object => ({ changeIdentifierResponse: { deviceIds: [{ id, kind: 'iccid' }] } });
  switch (message) {
    case 'success':
      return { ...common, status: 'Success', deviceResponse: changed(newIccid(line)) };
    case 'success-bare':
      return { ...common, status: 'success', deviceIds: [] };
    case 'success-of-another-line':
      return { ...common, status: 'Success', deviceResponse: changed(newIccid(line + 5_000)) };
    case 'failed':
      return { ...common, status: 'Failed', faultResponse: { faultcode: 'X.INPUT_INVALID.DeviceState.Invalid' } };
    case 'failed-unknown-code':
      return { ...common, status: 'Failed', faultResponse: { faultcode: 'UnifiedWebService.REQUEST_FAILED.Melted' } };
    case 'strange':
      return { ...common, status: 'Perhaps' };
    case 'forged':
      return { ...common, status: 'Success', password: 'guessed' };
  }
};

const record: CallRecord = {
  correlationId: 'c',
  method: 'PUT',
  path: '/',
  request: null,
  httpStatus: 200,
  response: null,
  startedAt: 0,
  durationMs: 0,
};

/** A carrier that does to each line what its scenario says. */
function createScenarioCarrier(scenarios: readonly Scenario[]) {
  const iccids = new Map(scenarios.map((_, index) => [index + 1, oldIccid(index + 1)]));
  const sends = new Map<number, number>();
  const waiting: Promise<void>[] = [];
  let url = '';
  const deliver = async (line: number, when: Moment): Promise<void> => {
    for (const { message, moment: at, times } of scenarios[line - 1]?.deliveries ?? []) {
      if (at !== when) continue;
      for (let count = 1; count <= times; count += 1) {
        const body = JSON.stringify({ ...bodyOf(line, message), callbackCount: count });
        const { status } = await fetch(url, { method: 'POST', body });
        expect(status).toBe(message === 'forged' ? 401 : 200);
      }
    }
  };
  const carrierLine = (line: number): CarrierLine => ({
    ...{ iccid: iccids.get(line) ?? '', imei: null, mdn: String(5_550_000_000 + line), eid: null, status: 'active' },
    ...{ carrierPlan: null, lastConnectionAt: null, customer: null, ratePlan: null, ratePool: null },
    ...{ identifiers: {}, connected: null },
  });
  return {
    sends,
    iccids,
    listenAt: (address: string) => void (url = address),
    lateDeliveries: async () => {
      await Promise.all(waiting);
      scenarios.forEach(({ truth }, index) => {
        if (truth === 'changed-late') iccids.set(index + 1, newIccid(index + 1));
      });
      await Promise.all(scenarios.map((_, index) => deliver(index + 1, 'late')));
    },
    thingspace: {
      ensureSession: async () => ok(undefined),
      registerCallback: async () => ok(undefined),
      swapRequest: createFakeCarrier().swapRequest,
      deleteLine: () => Promise.reject(new Error('nothing is deleted here')),
      history: () => Promise.reject(new Error('no history is asked for here')),
      async findLine(_provider: unknown, by: { kind: string; id: string }) {
        const line = Number(by.id) - 5_550_000_000;
        return { result: ok(by.kind === 'mdn' ? carrierLine(line) : null), record };
      },
      async swap(_provider: unknown, request: SwapRequest) {
        const line = Number(request.body.deviceIds[0]?.id.slice(10));
        const sent = (sends.get(line) ?? 0) + 1;
        sends.set(line, sent);
        const { truth, answer } = scenarios[line - 1] ?? { truth: 'unchanged', answer: 'accepted' };
        if (truth === 'changed') iccids.set(line, newIccid(line));
        await deliver(line, 'before');
        waiting.push(deliver(line, 'after'));
        if (answer === 'lost' && sent === 1) {
          const fault = { class: 'api_unknown', code: 'connection-lost', message: 'm', correlationId: 'c' } as const;
          const more = { retryAfterMs: null, httpStatus: null, stopsProvider: false, unknownCode: false };
          return { result: fail({ ...fault, ...more }), record: { ...record, httpStatus: null } };
        }
        return { result: ok({ requestId: `request-${line}` }), record };
      },
    },
  };
}

async function finalStates(desk: ConfirmingDesk): Promise<Map<number, string>> {
  const [change] = (await desk.changes.list({ limit: 1, offset: 0 })).changes;
  if (change === undefined) throw new Error('no change');
  const { rows } = await desk.changes.rows(change.id, { limit: 10_000, offset: 0 });
  return new Map(rows.map((row) => [row.row, row.needsPerson || row.status === 'dead_letter' ? 'person' : row.status]));
}

/** What the truth and the callbacks allow. */
function expectedState({ truth, deliveries }: Scenario): string {
  if (truth !== 'unchanged') return 'processed';
  return deliveries.some(({ message }) => message === 'failed') ? 'error' : 'person';
}

async function live(scenarios: readonly Scenario[]): Promise<void> {
  const carrier = createScenarioCarrier(scenarios);
  const clock = createFastClock(300);
  const provider = { ...PROVIDER, callbackUrl: 'http://127.0.0.1:0/callbacks', concurrency: 20 };
  const rows = scenarios.map((_, index) => draftRow(index + 1));
  const desk = await openConfirmingDesk({ clock, provider, rows, thingspace: carrier.thingspace });
  try {
    const receiver = await desk.confirmation.startReceiver(provider, LOGIN);
    carrier.listenAt(receiver.url);
    await desk.changes.submit(SESSION, { draft: '7', onlyValid: false, acceptWarnings: true });
    await desk.processor().run({ untilIdle: true, timeoutMs: null });
    await carrier.lateDeliveries();
    await desk.confirmation.idle();
    await desk.processor().run({ untilIdle: true, timeoutMs: null });
    await desk.confirmation.idle();
    const states = await finalStates(desk);
    scenarios.forEach((each, index) => {
      const line = index + 1;
      // The request that the answer was lost of is sent again; its callbacks then belong to a request that is known.
      expect([line, states.get(line), each]).toEqual([line, expectedState(each), each]);
      if (each.truth === 'changed') expect(carrier.sends.get(line)).toBe(1);
    });
    const twice = await desk.local.read.raw<object[]>(
      `select body ->> '$.deviceChange' as row from audit_entry where body ->> '$.action' in ('row.confirmed', 'row.processed')
       group by body ->> '$.action', 1 having count(*) > 1`,
    );
    expect(twice).toEqual([]);
    expect(desk.log.lines.filter((line) => line.includes('could not'))).toEqual([]);
    expect((await desk.audit.verify([])).ok).toBe(true);
  } finally {
    await desk.close();
  }
}

describe('accept', () => {
  it(
    'ends every row as the carrier has the line, whatever is delivered when and how often',
    { timeout: 180_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(scenario, { minLength: 20, maxLength: 40 }), (scenarios) => live(scenarios)),
        // Each run is some thirty rows with some hundred deliveries.
        { numRuns: 3, endOnFailure: true },
      );
    },
  );
});
