import type { Clock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import type { LocalDb } from '../../main/localdb/types';
import { createAuditService, type AuditService } from '../../main/services/audit';
import { createChangesService, type ChangeLimits, type ChangesService } from '../../main/services/changes';
import { createConfirmationService, type ConfirmationService } from '../../main/services/confirmation';
import type { Provider } from '../../main/services/devices/types';
import type { DraftRow } from '../../main/services/drafts/types';
import { createMetricsService } from '../../main/services/metrics';
import { createProcessor, createQueueService, groupWrites, type Processor } from '../../main/services/queue';
import type { QueueService } from '../../main/services/queue';
import type { ThingSpaceService } from '../../main/services/thingspace';
import { createFakeCarrier } from './fake-carrier';
import { createFakeCentral, type FakeCentral } from './fake-central';
import { openTestDb } from './local-db';
import { createFakeDrafts, SESSION } from './processing';
import { createKeepingLog } from './thingspace';
import { NO_FEED } from './no-feed';

/** The real confirmation, changes and queue over a real local database; carrier as given, central in memory. */
export interface ConfirmingDesk {
  readonly local: LocalDb;
  readonly audit: AuditService;
  readonly queue: QueueService;
  readonly changes: ChangesService;
  readonly confirmation: ConfirmationService;
  readonly central: FakeCentral;
  readonly provider: Provider;
  readonly log: ReturnType<typeof createKeepingLog>;
  processor(): Processor;
  close(): Promise<void>;
}

export interface DeskOptions {
  readonly clock: Clock;
  readonly provider: Provider;
  readonly rows: readonly DraftRow[];
  readonly thingspace: Pick<
    ThingSpaceService,
    'ensureSession' | 'swap' | 'swapRequest' | 'findLine' | 'registerCallback' | 'deleteLine' | 'history'
  >;
  readonly limits?: Partial<ChangeLimits>;
  readonly verifySuccess?: boolean;
}

export async function openConfirmingDesk(options: DeskOptions): Promise<ConfirmingDesk> {
  const { clock, provider, thingspace } = options;
  const db = await openTestDb();
  const local = groupWrites(db);
  const log = createKeepingLog();
  const central = createFakeCentral();
  for (const row of options.rows) if (row.deviceId !== null) central.lines.set(row.deviceId, { ...row.old });
  const audit = createAuditService({ local, writer: 'desktop:test:olivia', clock });
  const queue = createQueueService({ local, clock, log });
  const metrics = createMetricsService({ local, clock });
  const common = { local, queue, audit, clock, ids: systemIds, log };
  const changes = createChangesService({
    ...common,
    actor: () => SESSION.userName,
    drafts: createFakeDrafts([...options.rows], 'ChangeICCID', createFakeCarrier()),
    devices: { provider: async () => provider },
    identity: { require: () => undefined },
    thingspace,
    identifiers: central,
    evidence: () => confirmation,
    metrics,
    pace: async () => provider,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const { verifySuccess = false } = options;
  const confirmation = createConfirmationService({ ...common, thingspace, changes, verifySuccess });
  return {
    ...{ local, audit, queue, changes, confirmation, central, provider, log },
    processor: () =>
      createProcessor({
        ...{ ...common, changes, identifiers: central, thingspace, confirmation },
        ...{ metrics, alerts: { raise: async () => undefined } },
        credentials: { load: async () => null },
        sync: NO_FEED,
        listProviders: async () => [provider],
      }),
    async close() {
      await confirmation.close();
      await db.close();
    },
  };
}
