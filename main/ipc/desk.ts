import type { AppInfo, AppStatus } from '../../shared/contract/app';
import type { ImportSource } from '../../shared/contract/imports';
import type { EventName, PayloadOf } from '../../shared/contract/index';
import type { Role } from '../../shared/domain/permission';
import type { AlertsService } from '../services/alerts';
import type { AuditService } from '../services/audit';
import type { ChangesService } from '../services/changes';
import type { DevicesService, LineFacts, Provider } from '../services/devices';
import type { DraftsService, ProblemRows } from '../services/drafts';
import type { Session } from '../services/identity';
import type { ImportsService } from '../services/imports';
import type { MetricsService } from '../services/metrics';
import type { ProviderHolds, QueueService } from '../services/queue';
import type { ReportsService } from '../services/reports';
import type { SyncService } from '../services/sync';
import type { CredentialsService } from '../services/credentials';

/** The services of whoever is signed in. */
export interface SignedInDesk {
  readonly session: Session;
  readonly devices: DevicesService;
  readonly credentials: Pick<CredentialsService, 'has'>;
  readonly imports: ImportsService;
  readonly drafts: DraftsService;
  readonly problemRows: ProblemRows;
  readonly changes: ChangesService;
  readonly queue: Pick<QueueService, 'stats'>;
  readonly holds: ProviderHolds;
  readonly metrics: MetricsService;
  readonly alerts: AlertsService;
  readonly audit: AuditService;
  readonly reports: ReportsService;
  readonly sync: SyncService;
  /** Every line that the carrier lists; the training carrier is started for it. */
  listCarrierLines(provider: Provider, signal?: AbortSignal): AsyncIterable<readonly LineFacts[]>;
}

export interface TrainingUser {
  readonly name: string;
  readonly role: Role;
  readonly password: string;
  readonly about: string;
}

/** What the handlers ask of the running application; `main/app/desk.ts` is the one implementation. */
export interface Desk {
  readonly info: AppInfo;
  readonly trainingUsers: readonly TrainingUser[];
  status(): Promise<AppStatus>;
  /** Null: nobody is signed in. */
  current(): SignedInDesk | null;
  signIn(user: string, password: string): Promise<SignedInDesk>;
  signOut(): Promise<void>;
  announce<N extends EventName>(name: N, payload: PayloadOf<N>): void;
  readonly files: DeskFiles;
}

/** Files by id: no path crosses the contract. */
export interface DeskFiles {
  sample(which: 'clean' | 'damaged'): Promise<ImportSource>;
  /** Keeps pasted text as a file of its own until the window closes. */
  paste(text: string): Promise<ImportSource>;
  /** @throws usage `source-unknown` */
  pathOf(sourceId: string): string;
  nameOf(sourceId: string): string;
  /** Asks for a place to save; null: the person left the dialog. */
  choosePlace(suggestedName: string): Promise<string | null>;
  /** Remembers a saved file for `app.showSavedFile`. @returns its id */
  saved(path: string): string;
  show(savedId: string): Promise<void>;
}
