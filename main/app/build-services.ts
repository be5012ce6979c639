import { join } from 'node:path';
import { createCloser, type Closer } from '../lib/closer';
import { openLocalDb } from '../localdb/open';
import { createAlertsService } from '../services/alerts';
import { createAuditService } from '../services/audit';
import { createChangesService, type ChangesService } from '../services/changes';
import { createConfirmationService } from '../services/confirmation';
import { createCredentialsService, createSecretStore, type CredentialsService } from '../services/credentials';
import { createDevicesService, type DevicesService } from '../services/devices';
import { createDraftsService, createDraftWork, createProblemRows } from '../services/drafts';
import { createIdentifiersService, createLoginGuard } from '../services/identifiers';
import type { Session } from '../services/identity';
import { createImportsService, createRowJudge } from '../services/imports';
import { createMetricsService } from '../services/metrics';
import { createProcessor, createProviderHolds, createQueueService, groupWrites } from '../services/queue';
import { createReportsService } from '../services/reports';
import { createOutbox, createSyncService } from '../services/sync';
import { createThingSpaceService } from '../services/thingspace';
import { createAuditedActs } from './audited-acts';
import { serveCallbacks } from './callback-server';
import type { Home } from './home';
import { processWith } from './processing';
import { enrolIfReachable, linkOf, whenReachable } from './reachable';
import { ensureSimulator, readTraining } from './simulator-process';
import { TRAINING_PROVIDERS } from './training';
import type { Workspace } from './workspace';

/** Builds every service, in the order of the way of a row, and hands each what it needs. */
export async function openWorkspace(home: Home, session: Session): Promise<Workspace> {
  const closer = createCloser();
  try {
    const data = await buildData(home, session, closer);
    const work = buildWork(home, session, data, closer);
    return assemble(home, session, { ...data, ...work }, closer);
  } catch (error) {
    await closer.closeAll();
    throw error;
  }
}

type Data = Awaited<ReturnType<typeof buildData>>;
type Work = ReturnType<typeof buildWork>;

/** What is known: the local database, the trail, lines and providers, and the ways to central database and keychain. */
async function buildData(home: Home, session: Session, closer: Closer) {
  const { clock, log } = home;
  const training = readTraining(home);
  const identity = await home.identity();
  const central = await home.central();
  const local = groupWrites(await openLocalDb({ file: join(home.dir, 'users', session.userUid, 'local.sqlite'), log }));
  closer.add('local database', () => local.close());
  const audit = createAuditService({ local, writer: `desktop:${home.desktop.uid}:${session.userUid}`, clock });
  const devices = createDevicesService({ local, central: home.central, identity, audit });
  const identifiers = createIdentifiersService({ central, session: () => session });
  const loginGuard = createLoginGuard({ central, session: () => session, clock });
  const credentials = await createCredentials(home, session, training !== null, devices);
  const sync = createSyncService({ local, central, session: () => session, audit, clock, log });
  const alerts = createAlertsService({ central, session: () => session });
  const metrics = createMetricsService({ local, clock });
  return { training, identity, local, audit, devices, identifiers, loginGuard, credentials, sync, alerts, metrics };
}

/** What is done: import, drafts, changes, queue, carrier, confirmation, reports. */
function buildWork(home: Home, session: Session, data: Data, closer: Closer) {
  const { clock, ids, log } = home;
  const { local, audit, devices, identity, identifiers, credentials, loginGuard, sync, alerts, metrics } = data;
  const base = { local, audit, clock, ids, log };
  const thingspace = createThingSpaceService({ clock, ids, log, credentials, loginGuard, proxy: home.config.proxy });
  closer.add('carrier client', () => thingspace.close());
  const judge = createRowJudge({ read: local.read, clock });
  const draftWork = createDraftWork({ local, judge, clock, workerUrl: home.program.draftWorker });
  closer.add('work on drafts', () => draftWork.close());
  const drafts = createDraftsService({
    ...base,
    judge,
    workFor: draftWork.workFor,
    actor: () => session,
    inCentral: async (fn) => (await home.central()).withSession(session.token, fn),
  });
  const problemRows = createProblemRows(draftWork);
  const imports = createImportsService({ ...base, workerUrl: home.program.importWorker, drafts });
  closer.add('imports', () => imports.close());
  const queue = createQueueService({ local, clock, log });
  const changes: ChangesService = createChangesService({
    ...base,
    queue,
    actor: () => session.userName,
    drafts,
    devices,
    identity,
    thingspace,
    identifiers,
    evidence: () => confirmation,
    metrics,
    pace: async (uid) => (await devices.listProviders(session)).find((provider) => provider.uid === uid) ?? null,
    limits: home.config.firstReadBackMs === null ? {} : { firstReadBackMs: home.config.firstReadBackMs },
  });
  const holds = createProviderHolds({ local, queue, identifiers, audit });
  const outbox = createOutbox({ clock, ids });
  const confirmation = createConfirmationService({ ...base, thingspace, changes, outbox });
  closer.add('confirmation', () => confirmation.close());
  const reports = createReportsService({ changes, audit, clock, log, centralHeads: () => sync.centralHeads() });
  const processor = createProcessor({
    ...base,
    queue,
    changes,
    identifiers,
    thingspace,
    confirmation,
    credentials,
    metrics,
    alerts,
    sync,
    listProviders: () => devices.listProviders(session),
  });
  closer.add('processor', () => processor.stop());
  return { thingspace, imports, drafts, problemRows, queue, holds, changes, reports, processor, outbox };
}

function assemble(home: Home, session: Session, parts: Data & Work, closer: Closer): Workspace {
  const { training, identity, local, audit, devices, credentials, loginGuard, sync, alerts, metrics, outbox } = parts;
  const { thingspace, imports, drafts, problemRows, queue, holds, changes, reports, processor } = parts;
  const carrierReady = async (): Promise<void> => {
    if (training !== null) await ensureSimulator(home, training);
  };
  const bringUpToDate = (): Promise<void> => whenReachable(async () => void (await sync.sync()), undefined);
  return {
    session,
    homeDir: home.dir,
    clock: home.clock,
    identity,
    audit,
    devices,
    credentials,
    thingspace,
    imports,
    drafts,
    problemRows,
    changes,
    queue,
    holds,
    metrics,
    alerts,
    reports,
    sync,
    carrierReady,
    async *listCarrierLines(provider, signal) {
      await carrierReady();
      yield* thingspace.listLines(provider, signal);
    },
    bringUpToDate,
    ...createAuditedActs({ session, identity, audit, local, credentials, loginGuard, thingspace }),
    enrolIfReachable: () => enrolIfReachable(changes),
    link: () => linkOf(home, session),
    serveCallbacks: (options) =>
      serveCallbacks(
        { home, local, audit, outbox, sync, credentials, listProviders: () => devices.listProviders(session) },
        options,
      ),
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
