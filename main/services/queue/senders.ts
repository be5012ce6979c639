import type { Clock } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import type { IdentifiersService } from '../identifiers/types';
import type { Gate, ProviderDesk } from './gate';
import type { QueueService } from './types';

/**
 * Rate and concurrency of a provider hold over the whole fleet because one desk at a time sends for it. The lease is
 * taken when something waits to be sent, kept alive while it does, and given back after.
 */
export interface Senders {
  /** Takes, renews or gives back, as the queue demands. @throws failed `central-unreachable` */
  tend(): Promise<void>;
  releaseAll(): Promise<void>;
  /** Provider name → whose desk sends for it. */
  elsewhere(): Readonly<Record<string, string>>;
}

export interface SendersDeps {
  readonly identifiers: Pick<IdentifiersService, 'acquireSender' | 'renewSender' | 'releaseSender'>;
  readonly queue: Pick<QueueService, 'hasSends'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly gate: Gate;
  readonly times: { readonly senderRenewalMs: number; readonly senderLeaseMs: number };
  onAcquired(): void;
}

export function createSenders(deps: SendersDeps): Senders {
  const { identifiers, queue, clock, gate, times } = deps;
  const holders = new Map<string, string>();

  const take = async (desk: ProviderDesk): Promise<void> => {
    // Counted from before the question: the database counts from later.
    const askedAt = clock.now();
    const answer = await identifiers.acquireSender(desk.provider.uid);
    if ('holder' in answer) {
      holders.set(desk.provider.name, answer.holder);
      return;
    }
    holders.delete(desk.provider.name);
    desk.sender = { fencing: answer.fencing, sureUntilMs: askedAt + times.senderLeaseMs };
    deps.onAcquired();
  };

  const renew = async (desk: ProviderDesk, fencing: number, sureUntilMs: number): Promise<void> => {
    const askedAt = clock.now();
    if (askedAt < sureUntilMs - times.senderLeaseMs + times.senderRenewalMs) return;
    if (await identifiers.renewSender(desk.provider.uid, fencing)) {
      desk.sender = { fencing, sureUntilMs: askedAt + times.senderLeaseMs };
      return;
    }
    desk.sender = null;
    deps.log.warn('sender lease lost', { provider: desk.provider.name });
  };

  const release = async (desk: ProviderDesk, fencing: number): Promise<void> => {
    desk.sender = null;
    await identifiers.releaseSender(desk.provider.uid, fencing);
  };

  return {
    async tend() {
      const wanted = await queue.hasSends();
      for (const desk of gate.desks()) {
        const wants = wanted.has(desk.provider.uid) && desk.stopped === null && !desk.paused;
        if (!wants) holders.delete(desk.provider.name);
        if (desk.sender === null) {
          if (wants) await take(desk);
        } else if (wants) await renew(desk, desk.sender.fencing, desk.sender.sureUntilMs);
        else await release(desk, desk.sender.fencing);
      }
    },
    async releaseAll() {
      for (const desk of gate.desks()) if (desk.sender !== null) await release(desk, desk.sender.fencing);
    },
    elsewhere: () => Object.fromEntries(holders),
  };
}
