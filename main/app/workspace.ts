import type { Permission } from '../../shared/domain/permission';
import type { Clock } from '../lib/clock';
import type { AlertsService } from '../services/alerts';
import type { AuditService } from '../services/audit';
import type { ChangesService } from '../services/changes';
import type { CredentialsService, ThingSpaceCredentials } from '../services/credentials';
import type { DevicesService, LineFacts, Provider } from '../services/devices';
import type { DraftsService, ProblemRows } from '../services/drafts';
import type { IdentityService, Session } from '../services/identity';
import type { ImportsService } from '../services/imports';
import type { MetricsService } from '../services/metrics';
import type { ProviderHolds, QueueService } from '../services/queue';
import type { ReportsService } from '../services/reports';
import type { SyncService } from '../services/sync';
import type { ThingSpaceService } from '../services/thingspace';
import type { ServeOptions } from './callback-server';
import type { ProcessOptions, ProcessOutcome } from './processing';

/** Everything there is for one signed-in user on one data folder. */
export interface Workspace {
  readonly session: Session;
  readonly homeDir: string;
  readonly clock: Clock;
  readonly identity: IdentityService;
  readonly audit: AuditService;
  readonly devices: DevicesService;
  readonly credentials: CredentialsService;
  readonly thingspace: ThingSpaceService;
  readonly imports: ImportsService;
  readonly drafts: DraftsService;
  readonly problemRows: ProblemRows;
  readonly changes: ChangesService;
  readonly queue: QueueService;
  readonly holds: ProviderHolds;
  readonly metrics: MetricsService;
  readonly alerts: AlertsService;
  readonly reports: ReportsService;
  readonly sync: SyncService;
  /** @throws not-permitted, after the refusal is in the trail */
  require(permission: Permission): Promise<void>;
  noteRefusal(name: string, code: string, correlationId: string): Promise<void>;
  /** Every line that the carrier lists; the training carrier is started for it. */
  listCarrierLines(provider: Provider, signal?: AbortSignal): AsyncIterable<readonly LineFacts[]>;
  /** In a training folder the carrier is a process of its own: it is started if it does not run. */
  carrierReady(): Promise<void>;
  saveCredentials(provider: Provider, credentials: ThingSpaceCredentials): Promise<void>;
  /** Makes the provider's callback URL the listener of its account at the carrier. */
  registerCallback(provider: Provider): Promise<{ readonly url: string }>;
  unlock(provider: Provider): Promise<void>;
  /** Stores created changes centrally and queues their rows, if the central database can be reached. @returns what came of it */
  enrolIfReachable(): Promise<string>;
  /** Pull and push, if the central database can be reached. */
  bringUpToDate(): Promise<void>;
  link(): Promise<{ central: 'online' | 'offline' | 'none'; centralAddress: string | null }>;
  /** Receives callbacks for every desk, until the signal. */
  serveCallbacks(options: ServeOptions): Promise<{ readonly waiting: number }>;
  /** Processes this data folder. @throws failed `processor-running` when another process does */
  process(options: ProcessOptions): Promise<ProcessOutcome>;
  close(): Promise<void>;
}
