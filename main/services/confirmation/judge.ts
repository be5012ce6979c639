import { assertNever } from '../../../shared/domain/result';
import { backoffMs } from '../../lib/backoff';
import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import { everyone } from '../../lib/together';
import type { LocalDb, Trx } from '../../localdb/types';
import type { ChangesService, ConfirmationDecision, DeviceChange, Evidence } from '../changes/types';
import type { Provider } from '../devices/types';
import type { ThingSpaceService } from '../thingspace/types';
import { claimsOf, markJudged, waitingRequests } from './confirmation.repo';
import { judgeClaims, type ClaimsVerdict } from './confirmation.rules';
import { readBack } from './read-back';

/**
 * Judges stored callbacks, request by request: `accept` in one transaction with what it does to the row. A crash
 * between storing and judging leaves them waiting; they are judged at the next start.
 */
export interface JudgeDeps {
  readonly local: LocalDb;
  readonly changes: Pick<ChangesService, 'settle' | 'loadByRequestId'>;
  readonly thingspace: Pick<ThingSpaceService, 'findLine'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly verifySuccess: boolean;
}

export interface Judge {
  /** Judges these requests of the provider soon. */
  judge(provider: Provider, requestIds: readonly string[]): void;
  /** Judges what waits from an earlier process. */
  recover(provider: Provider): Promise<void>;
  idle(): Promise<void>;
  /** Lets what is under way end and begins nothing new. */
  close(): Promise<void>;
}

type Look = Extract<ClaimsVerdict, { kind: 'look' }>;

/** Requests judged in one transaction: short enough for whoever else writes. */
const BATCH = 50;
const LOOK_ATTEMPTS = 6;
const LOOK_BACKOFF = { minMs: 5_000, maxMs: 5 * 60_000 };

export function createJudge(deps: JudgeDeps): Judge {
  return new CallbackJudge(deps);
}

class CallbackJudge implements Judge {
  /** Waiting requests with their providers; a set, since a flood repeats itself. */
  private readonly waiting = new Map<string, { readonly provider: Provider; readonly requestId: string }>();
  private readonly retries = new Map<string, () => void>();
  private readonly looking = new Set<Promise<void>>();
  private running = false;
  private run: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(private readonly deps: JudgeDeps) {}

  judge(provider: Provider, requestIds: readonly string[]): void {
    for (const requestId of requestIds) this.waiting.set(`${provider.uid} ${requestId}`, { provider, requestId });
    if (!this.running && !this.closed) this.run = this.work();
  }

  async recover(provider: Provider): Promise<void> {
    this.judge(provider, await waitingRequests(this.deps.local.read, provider.uid, MAX_RECOVERED));
  }

  async idle(): Promise<void> {
    while (this.running || this.looking.size > 0) await Promise.all([this.run, ...this.looking]);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.waiting.clear();
    for (const stop of this.retries.values()) stop();
    this.retries.clear();
    await this.idle();
  }

  private async work(): Promise<void> {
    this.running = true;
    while (this.waiting.size > 0) {
      const batch = [...this.waiting.entries()].slice(0, BATCH);
      for (const [key] of batch) this.waiting.delete(key);
      const requests = batch.map(([, request]) => request);
      if (await this.tried(requests)) continue;
      // One of them can't be judged: the others must not suffer for it.
      for (const request of requests) await this.tried([request]);
    }
    // In the same turn as the last look at what waits.
    this.running = false;
  }

  private async tried(requests: readonly { provider: Provider; requestId: string }[]): Promise<boolean> {
    try {
      // Different requests are about different rows: side by side, so that their statements are put together.
      const looks = await this.deps.local.write((trx) =>
        everyone(requests.map(({ provider, requestId }) => this.accept(trx, provider, requestId))),
      );
      for (const look of looks) if (look !== null) this.startLook(look, 1);
      return true;
    } catch (error) {
      this.deps.log.error('callbacks could not be judged', { requests: requests.length, reason: String(error) });
      return false;
    }
  }

  /** Judges all callbacks of one request. @returns the look that the row needs and that no job of its own will take */
  private async accept(trx: Trx, provider: Provider, requestId: string): Promise<PendingLook | null> {
    const request = { providerUid: provider.uid, requestId };
    const mark = (state: 'parked' | 'judged', outcome: string): Promise<void> =>
      markJudged(trx, request, state, outcome, this.deps.clock.now());
    const [row, claims] = await everyone([
      this.deps.changes.loadByRequestId(trx, provider.uid, requestId),
      claimsOf(trx, provider.uid, requestId),
    ]);
    if (row === null) {
      await mark('parked', 'no row has this request id');
      return null;
    }
    const verdict = judgeClaims(row, claims, this.context(row));
    if (verdict.kind === 'look' && mustBeLookedAtHere(row, verdict)) return { provider, row, verdict };
    const { status, moved } = await this.deps.changes.settle(trx, row.id, this.evidenceOf(row, verdict), null);
    await mark('judged', `${describe(verdict)}; row ${moved ? 'became' : 'stays'} ${status}`);
    return null;
  }

  private context(row: DeviceChange): { correlationId: string; verifySuccess: boolean } {
    return { correlationId: this.deps.ids.uid(), verifySuccess: this.deps.verifySuccess || row.verify };
  }

  private evidenceOf(row: DeviceChange, verdict: ClaimsVerdict): Evidence {
    return { decision: decisionWithoutLook(row, verdict, this.deps.clock.now()), calls: [] };
  }

  private startLook(look: PendingLook, attempt: number): void {
    const done = this.look(look, attempt)
      .catch((error: unknown) => {
        this.deps.log.error('a late callback could not be judged', { reason: String(error) });
      })
      .finally(() => this.looking.delete(done));
    this.looking.add(done);
  }

  /** A row that has ended, or waits for a person, has no job: its late callback is looked after here. */
  private async look(pending: PendingLook, attempt: number): Promise<void> {
    const { provider, row, verdict } = pending;
    const { deps } = this;
    const evidence = await readBack(deps.thingspace, provider, row, verdict, () => deps.clock.now());
    if (evidence.decision.kind === 'wait' && attempt < LOOK_ATTEMPTS) {
      if (this.closed) return;
      const delayMs = backoffMs(attempt, LOOK_BACKOFF, deps.ids.chance());
      const key = `${provider.uid} ${row.id}`;
      const stop = deps.clock.after(delayMs, () => {
        this.retries.delete(key);
        this.startLook(pending, attempt + 1);
      });
      this.retries.get(key)?.();
      this.retries.set(key, stop);
      return;
    }
    await deps.local.write(async (trx) => {
      const { status, moved } = await deps.changes.settle(trx, row.id, evidence, null);
      const outcome = `${describe(verdict)}; ${evidence.decision.kind}; row ${moved ? 'became' : 'stays'} ${status}`;
      const request = { providerUid: provider.uid, requestId: row.requestId ?? '' };
      await markJudged(trx, request, 'judged', outcome, deps.clock.now());
    });
  }
}

interface PendingLook {
  readonly provider: Provider;
  readonly row: DeviceChange;
  readonly verdict: Look;
}

/** More than any flood can leave behind while one process runs. */
const MAX_RECOVERED = 1_000_000;

/**
 * No job of the row's own will look any more, or not soon, and what the callbacks say could change its state: a change
 * that nobody knew of, or the reason of a doubt that was left to a person.
 */
function mustBeLookedAtHere(row: DeviceChange, verdict: Look): boolean {
  switch (row.status) {
    case 'queued':
    case 'sending':
    case 'error':
    case 'dead_letter':
    case 'cancelled':
      return verdict.saysChanged;
    case 'unknown':
      return row.needsPerson;
    case 'submitted':
    case 'created':
    case 'confirmed':
    case 'processed':
    case 'conflict':
    case 'rolled_back':
      return false;
    default:
      return assertNever(row.status);
  }
}

/** What the callbacks alone say; where they prove nothing, the row's own job shall look, now. */
function decisionWithoutLook(row: DeviceChange, verdict: ClaimsVerdict, now: number): ConfirmationDecision {
  switch (verdict.kind) {
    case 'decided':
      return verdict.decision;
    case 'none':
      return { kind: 'wait', runAt: null, fault: null, detail: 'No callback' };
    case 'look': {
      const { failure, detail } = verdict;
      const awaited = row.status === 'submitted' || row.status === 'unknown';
      return failure === null || awaited
        ? { kind: 'wait', runAt: now, fault: null, detail: `${detail}: the line is read back` }
        : { kind: 'failed', proof: 'callback', fault: failure.fault, detail };
    }
    default:
      return assertNever(verdict);
  }
}

function describe(verdict: ClaimsVerdict): string {
  switch (verdict.kind) {
    case 'decided':
      return verdict.decision.kind;
    case 'none':
      return 'no callback';
    case 'look':
      return verdict.detail;
    default:
      return assertNever(verdict);
  }
}
