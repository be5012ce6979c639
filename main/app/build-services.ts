import { join } from 'node:path';
import { isAllowed, type Permission } from '../../shared/domain/permission';
import { SwapdeskError, tell } from '../../shared/domain/fault';
import { createCloser, type Closer } from '../lib/closer';
import type { Clock } from '../lib/clock';
import { openLocalDb } from '../localdb/open';
import type { LocalDb } from '../localdb/types';
import { createAuditService, type AuditService } from '../services/audit';
import { createChangesService, type ChangesService } from '../services/changes';
import { createConfirmationService } from '../services/confirmation';
import {
  createCredentialsService,
  createSecretStore,
  type CredentialsService,
  type ThingSpaceCredentials,
} from '../services/credentials';
import { createDevicesService, type DevicesService, type Provider } from '../services/devices';
import { createDraftsService, type DraftsService } from '../services/drafts';
import { createIdentifiersService, createLoginGuard } from '../services/identifiers';
import type { IdentityService, Session } from '../services/identity';
import { createImportsService, type ImportsService } from '../services/imports';
import { createProcessor, createQueueService, groupWrites, type QueueService } from '../services/queue';
import { createReportsService, type ReportsService } from '../services/reports';
import { createOutbox, createSyncService, type SyncService } from '../services/sync';
import { createThingSpaceService, type ThingSpaceService } from '../services/thingspace';
import type { Home } from './home';
import { processWith, type ProcessOptions, type ProcessOutcome } from './processing';
import { ensureSimulator, readTraining } from './simulator-process';
import { TRAINING_PROVIDERS } from './training';

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
  readonly changes: ChangesService;
  readonly queue: QueueService;
  readonly reports: ReportsService;
  readonly sync: SyncService;
  /** @throws not-permitted, after the refusal is in the trail */
  require(permission: Permission): Promise<void>;
  noteRefusal(name: string, code: string, correlationId: string): Promise<void>;
  /** In a training folder the carrier is a process of its own: it is started if it does not run. */
  carrierReady(): Promise<void>;
  saveCredentials(provider: Provider, credentials: ThingSpaceCredentials): Promise<void>;
  unlock(provider: Provider): Promise<void>;
  /** Stores created changes centrally and queues their rows, if the central database can be reached. @returns what came of it */
  enrolIfReachable(): Promise<string>;
  /** Pull and push, if the central database can be reached. */
  bringUpToDate(): Promise<void>;
  link(): Promise<{ central: 'online' | 'offline' | 'none'; centralAddress: string | null }>;
  /** Processes this data folder. @throws failed `processor-running` when another process does */
  process(options: ProcessOptions): Promise<ProcessOutcome>;
  close(): Promise<void>;
}

/** Builds every service, in the order of the way of a row, and hands each what it needs. */
export async function openWorkspace(home: Home, session: Session): Promise<Workspace> {
  const closer = createCloser();
  try {
    return await build(home, session, closer);
  } catch (error) {
    await closer.closeAll();
    throw error;
  }
}

async function build(home: Home, session: Session, closer: Closer): Promise<Workspace> {
  const { clock, ids, log } = home;
  const training = readTraining(home);
  const identity = await home.identity();
  const local = groupWrites(await openLocalDb({ file: join(home.dir, 'users', session.userUid, 'local.sqlite'), log }));
  closer.add('local database', () => local.close());

  const audit = createAuditService({ local, writer: `desktop:${home.desktop.uid}:${session.userUid}`, clock });
  const central = await home.central();
  const devices = createDevicesService({ local, central: home.central, identity, audit });
  const identifiers = createIdentifiersService({ central, session: () => session });
  const loginGuard = createLoginGuard({ central, session: () => session, clock });
  const credentials = await createCredentials(home, session, training !== null, devices);
  const thingspace = createThingSpaceService({ clock, ids, log, credentials, loginGuard, proxy: home.config.proxy });
  closer.add('carrier client', () => thingspace.close());

  const imports = createImportsService({ local, workerUrl: home.program.importWorker, clock, ids, log, audit });
  const drafts = createDraftsService({ local, swapRequest: thingspace.swapRequest });
  const queue = createQueueService({ local, clock, log });
  const changes: ChangesService = createChangesService({
    local,
    queue,
    audit,
    clock,
    ids,
    log,
    actor: () => session.userName,
    drafts,
    devices,
    identity,
    thingspace,
    identifiers,
    evidence: () => confirmation,
    limits: home.config.firstReadBackMs === null ? {} : { firstReadBackMs: home.config.firstReadBackMs },
  });
  const confirmation = createConfirmationService({
    local,
    thingspace,
    changes,
    audit,
    outbox: createOutbox({ clock, ids }),
    clock,
    ids,
    log,
  });
  closer.add('confirmation', () => confirmation.close());
  const sync = createSyncService({ local, central, session: () => session, audit, clock, log });
  const reports = createReportsService({ changes, audit, clock, log });
  const processor = createProcessor({
    local,
    queue,
    changes,
    identifiers,
    thingspace,
    confirmation,
    credentials,
    listProviders: () => devices.listProviders(session),
    clock,
    ids,
    log,
  });
  closer.add('processor', () => processor.stop());

  const carrierReady = async (): Promise<void> => {
    if (training !== null) await ensureSimulator(home, training);
  };
  const bringUpToDate = (): Promise<void> => whenReachable(async () => void (await sync.sync()), undefined);

  return {
    session,
    homeDir: home.dir,
    clock,
    identity,
    audit,
    devices,
    credentials,
    thingspace,
    imports,
    drafts,
    changes,
    queue,
    reports,
    sync,
    carrierReady,
    bringUpToDate,
    ...createAuditedActs({ session, identity, audit, local, credentials, loginGuard }),
    enrolIfReachable: () => enrol(changes),
    link: () => linkOf(home, session),
    process: (options) => processWith({ home, training, processor, carrierReady, bringUpToDate }, options),
    close: () => closer.closeAll(),
  };
}

/** Training credentials are the simulator's public ones and live in memory; a training folder never opens the keychain. */
async function createCredentials(
  home: Home,
  session: Session,
  isTraining: boolean,
  devices: DevicesService,
): Promise<CredentialsService> {
  const preset = isTraining
    ? Object.fromEntries(TRAINING_PROVIDERS.map((provider) => [provider.name, provider.credentials]))
    : home.config.credentials;
  return createCredentialsService({
    secrets: isTraining ? await createSecretStore({ mode: 'memory' }) : await home.secrets(),
    userUid: () => session.userUid,
    providerName: async (uid) => (await devices.listProviders(session)).find((one) => one.uid === uid)?.name ?? null,
    ...(preset === null ? {} : { preset }),
  });
}

/** Acts of the person that belong to no service's own way: each leaves an entry. */
function createAuditedActs(deps: {
  session: Session;
  identity: IdentityService;
  audit: AuditService;
  local: LocalDb;
  credentials: CredentialsService;
  loginGuard: ReturnType<typeof createLoginGuard>;
}): Pick<Workspace, 'require' | 'noteRefusal' | 'saveCredentials' | 'unlock'> {
  const { session, identity, audit, local } = deps;
  const note = (action: string, provider: string, details: Record<string, string>, correlationId?: string) =>
    local.write((trx) =>
      audit.record(trx, [
        {
          stream: 'm2m',
          actor: session.userName,
          action,
          provider,
          details,
          ...(correlationId === undefined ? {} : { correlationId }),
        },
      ]),
    );
  return {
    async require(permission) {
      if (!isAllowed(session.role, permission))
        await note('access.refused', 'none', { permission, role: session.role });
      identity.require(session, permission);
    },
    noteRefusal: (name, code, correlationId) => note('access.refused', 'none', { call: name, code }, correlationId),
    async saveCredentials(provider, credentials) {
      await deps.credentials.save(provider.uid, credentials);
      await note('credentials.saved', provider.uid, { provider: provider.name });
    },
    async unlock(provider) {
      await deps.loginGuard.reset(provider.uid);
      await note('provider.unlocked', provider.uid, { provider: provider.name });
    },
  };
}

async function enrol(changes: ChangesService): Promise<string> {
  return whenReachable(async () => {
    const { queued, conflicts } = await changes.enrol();
    const refused = conflicts === 0 ? '' : `; ${conflicts} refused: the line is in another open change`;
    return `${queued} queued${refused}.`;
  }, 'The central database can’t be reached now: the rows are queued when it can.');
}

/** Offline is a state: what needs the central database waits, everything else goes on. */
async function whenReachable<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SwapdeskError && error.code === 'central-unreachable') return otherwise;
    throw error;
  }
}

async function linkOf(
  home: Home,
  session: Session,
): Promise<{ central: 'online' | 'offline'; centralAddress: string | null }> {
  const central = await home.central();
  try {
    await central.withSession(session.token, (trx) => trx.raw('select 1'));
    return { central: 'online', centralAddress: central.address };
  } catch (error) {
    home.log.warn('central database not reached', {
      detail: error instanceof SwapdeskError ? tell(error.story) : String(error),
    });
    return { central: 'offline', centralAddress: central.address };
  }
}
