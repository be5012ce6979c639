import { SwapdeskError } from '../../../shared/domain/fault';
import type { LocalDb } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { Provider } from '../devices/types';
import type { IdentifiersService } from '../identifiers/types';
import type { QueueService } from './types';

/**
 * A person pauses a provider: at once on this desk, whatever the network does, and on every other one as soon as the
 * central database knows. What was sent is followed to its end.
 */
export interface ProviderHolds {
  /** @returns whether every desk knows */
  pause(provider: Provider, act: HoldAct): Promise<{ readonly everywhere: boolean }>;
  resume(provider: Provider, act: HoldAct): Promise<{ readonly everywhere: boolean }>;
}

export interface HoldAct {
  readonly by: string;
  readonly note: string;
}

/** What every desk shows of a pause. */
export function pauseMessage({ by, note }: HoldAct): string {
  return note === '' ? `Paused by ${by}` : `Paused by ${by}: ${note}`;
}

export function createProviderHolds(deps: {
  readonly local: Pick<LocalDb, 'write'>;
  readonly queue: Pick<QueueService, 'hold' | 'clearPause' | 'ring'>;
  readonly identifiers: Pick<IdentifiersService, 'pauseProvider' | 'resumeProvider'>;
  readonly audit: Pick<AuditService, 'record'>;
}): ProviderHolds {
  const { local, queue, identifiers } = deps;
  const record = (provider: Provider, act: HoldAct, action: string) => ({
    ...{ stream: provider.portal, actor: act.by, action, provider: provider.uid },
    details: { provider: provider.name, note: act.note },
  });
  const told = async (tell: () => Promise<unknown>): Promise<boolean> => {
    try {
      await tell();
      return true;
    } catch (error) {
      if (error instanceof SwapdeskError && error.code === 'central-unreachable') return false;
      throw error;
    }
  };
  const holdHere = (provider: Provider, act: HoldAct, everywhere: boolean) => ({
    providerUid: provider.uid,
    kind: 'paused' as const,
    code: 'paused',
    message: pauseMessage(act),
    everywhere,
  });
  return {
    async pause(provider, act) {
      // Here first: from now on nothing leaves this desk, also if the database can't be asked.
      await local.write(async (trx) => {
        await queue.hold(trx, holdHere(provider, act, false));
        await deps.audit.record(trx, [record(provider, act, 'provider.paused')]);
      });
      const everywhere = await told(() => identifiers.pauseProvider(provider.uid, act.note));
      if (everywhere) await local.write((trx) => queue.hold(trx, holdHere(provider, act, true)));
      return { everywhere };
    },
    async resume(provider, act) {
      // There first: a pause that still stood there would come back by itself.
      const everywhere = await told(() => identifiers.resumeProvider(provider.uid));
      await local.write(async (trx) => {
        await queue.clearPause(trx, provider.uid);
        await deps.audit.record(trx, [record(provider, act, 'provider.resumed')]);
      });
      queue.ring();
      return { everywhere };
    },
  };
}
