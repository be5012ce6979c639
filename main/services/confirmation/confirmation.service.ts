import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import type { Json } from '../../lib/redact';
import type { LocalDb } from '../../localdb/types';
import type { AuditService } from '../audit/types';
import type { ChangesService } from '../changes/types';
import type { Provider } from '../devices/types';
import type { Outbox } from '../sync/types';
import type { ThingSpaceService } from '../thingspace/types';
import { readClaim } from './claim';
import { claimsOf, hasClaims, storeCallbacks, type ReceivedCallback } from './confirmation.repo';
import { judgeClaims } from './confirmation.rules';
import { createInbox } from './inbox';
import { createJudge } from './judge';
import { readBack } from './read-back';
import { createReceivers } from './receiver';
import { createRefusals } from './refusals';
import type { ConfirmationService } from './types';

export interface ConfirmationDeps {
  readonly local: LocalDb;
  readonly thingspace: Pick<ThingSpaceService, 'findLine'>;
  readonly changes: Pick<ChangesService, 'settle' | 'loadByRequestId'>;
  readonly audit: Pick<AuditService, 'record'>;
  /** The way to the central callback log. */
  readonly outbox?: Outbox;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Read the line back even when a Success callback fits the row: one call more a row. Default false. */
  readonly verifySuccess?: boolean;
}

export function createConfirmationService(deps: ConfirmationDeps): ConfirmationService {
  const verifySuccess = deps.verifySuccess ?? false;
  const providers = new Map<string, Provider>();
  const judge = createJudge({ ...deps, verifySuccess });
  const onStored = (callbacks: readonly ReceivedCallback[]): void => {
    for (const { providerUid, claim } of callbacks) {
      const provider = providers.get(providerUid);
      if (provider !== undefined) judge.judge(provider, [claim.requestId]);
    }
  };
  const inbox = createInbox({ ...deps, onStored });
  const refusals = createRefusals(deps);
  const receivers = createReceivers({ clock: deps.clock, inbox, refusals });

  return {
    async startReceiver(provider, credentials) {
      const receiver = await receivers.start(provider, credentials);
      providers.set(provider.uid, provider);
      await judge.recover(provider);
      return receiver;
    },
    async takeIn(callbacks) {
      const claimed = callbacks.flatMap(({ provider, digest, body, receivedAt }) => {
        const claim = readClaim(body as Json);
        if (claim === null) return [];
        providers.set(provider.uid, provider);
        return [{ providerUid: provider.uid, claim, digest, body: JSON.stringify(body), receivedAt }];
      });
      if (claimed.length < callbacks.length)
        deps.log.warn('callbacks of the central log name no request', { count: callbacks.length - claimed.length });
      onStored(await deps.local.write((trx) => storeCallbacks(trx, claimed)));
    },
    async confirm(provider, row) {
      const claims = row.requestId === null ? [] : await claimsOf(deps.local.read, row.providerUid, row.requestId);
      const verdict = judgeClaims(row, claims, {
        correlationId: deps.ids.uid(),
        verifySuccess: verifySuccess || row.verify,
      });
      if (verdict.kind === 'decided') return { decision: verdict.decision, calls: [] };
      return readBack(deps.thingspace, provider, row, verdict, () => deps.clock.now());
    },
    hasCallback: (trx, providerUid, requestId) => hasClaims(trx, providerUid, requestId),
    async idle() {
      await inbox.idle();
      await judge.idle();
      await refusals.flush();
    },
    async close() {
      await receivers.closeAll();
      await inbox.idle();
      await judge.close();
      await refusals.flush();
    },
  };
}
