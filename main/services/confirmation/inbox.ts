import { isoTime, type Clock } from '../../lib/clock';
import type { LocalDb } from '../../localdb/types';
import type { AuditEvent, AuditService } from '../audit/types';
import type { Outbox, OutboxCallback } from '../sync/types';
import { storeCallbacks, type ReceivedCallback } from './confirmation.repo';

/**
 * Stores callbacks before they are acknowledged. Those that arrive while one transaction is written share the next:
 * a flood costs as many syncs of the disk as fit, not one each.
 */
export interface Inbox {
  /** Resolves when the callback is on the disk. @returns false: too many wait already; the carrier sends it again */
  store(callback: ReceivedCallback): Promise<boolean>;
  idle(): Promise<void>;
}

export interface InboxDeps {
  readonly local: Pick<LocalDb, 'write'>;
  readonly audit: Pick<AuditService, 'record'>;
  /** The way to the central callback log. */
  readonly outbox?: Outbox;
  readonly clock: Clock;
  /** Called after the commit, with callbacks that are new. */
  readonly onStored: (callbacks: readonly ReceivedCallback[]) => void;
}

const MAX_BATCH = 500;
const MAX_WAITING = 5_000;

interface Waiting {
  readonly callback: ReceivedCallback;
  readonly done: (error: unknown) => void;
}

export function createInbox(deps: InboxDeps): Inbox {
  const waiting: Waiting[] = [];
  let writing = false;
  let finished: Promise<void> = Promise.resolve();

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, MAX_BATCH);
      try {
        const fresh = await storeBatch(deps, callbacksOf(batch));
        for (const { done } of batch) done(null);
        if (fresh.length > 0) deps.onStored(fresh);
      } catch (error) {
        for (const { done } of batch) done(error);
      }
    }
    // In the same turn as the last look at what waits: whoever comes later starts anew.
    writing = false;
  }

  return {
    async store(callback) {
      if (waiting.length >= MAX_WAITING) return false;
      const stored = new Promise<void>((resolve, reject) => {
        const done = (error: unknown): void => {
          if (error === null) resolve();
          else reject(error instanceof Error ? error : new Error('a callback was not stored'));
        };
        waiting.push({ callback, done });
      });
      if (!writing) finished = writeAll();
      await stored;
      return true;
    },
    async idle() {
      while (writing) await finished;
    },
  };
}

function callbacksOf(batch: readonly Waiting[]): readonly ReceivedCallback[] {
  return batch.map(({ callback }) => callback);
}

async function storeBatch(deps: InboxDeps, batch: readonly ReceivedCallback[]): Promise<readonly ReceivedCallback[]> {
  return deps.local.write(async (trx) => {
    const fresh = await storeCallbacks(trx, batch);
    if (fresh.length > 0) await deps.audit.record(trx, fresh.map(receivedEvent));
    await deps.outbox?.add(trx, fresh.map(outboxRecord));
    return fresh;
  });
}

function outboxRecord({ providerUid, claim, digest, body, receivedAt }: ReceivedCallback): OutboxCallback {
  const { requestId, status } = claim;
  return {
    kind: 'callback',
    body: { providerUid, requestId, status, digest, callback: JSON.parse(body) as unknown, receivedAt },
  };
}

function receivedEvent({ providerUid, claim, receivedAt }: ReceivedCallback): AuditEvent {
  return {
    stream: 'api',
    actor: 'system',
    action: 'callback.received',
    provider: providerUid,
    details: {
      requestId: claim.requestId,
      status: claim.status,
      faultCode: claim.faultCode,
      devices: claim.deviceIds.map(({ id, kind }) => `${kind} ${id}`),
      newIdentifiers: claim.newIds.map(({ id, kind }) => `${kind} ${id}`),
      receivedAt: isoTime(receivedAt),
    },
  };
}
