import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { workFailed } from '../../../shared/domain/fault';
import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/logger';
import { isLock, waitForOsLock, type OsLock } from '../../lib/os-lock';
import { DATABASE_NAME, type CentralConnection } from '../connection';
import { DESKTOP_ROLE } from '../roles';
import { copyBinaries, findBinaries, type PackagedBinaries, type PostgresBinaries } from './binaries';
import { countClients, registerClient, unregisterClient } from './clients';
import { ADMIN_USER, isClusterOf, makeCluster, putAside, refuseOtherVersion } from './cluster';
import { newFacts, placesOf, readFacts, runsAsRoot, SYSTEM_FOLDER, writeFacts } from './places';
import type { EmbeddedFacts, EmbeddedPlaces } from './places';
import { readPostmaster, startPostmaster, stopPostmaster, waitForReady, type Postmaster } from './postmaster';
import { ensureSystemUser, type SystemUser } from './system-user';

/** Initialising (seconds on a slow disk) and stopping happen under the lock. */
const LOCK_TIMEOUT_MS = 120_000;

/** This process's share in the embedded server of a data folder. */
export interface EmbeddedCentral {
  /** As `swapdesk_admin`: makes databases and roles, migrates. */
  adminConnection(): Promise<CentralConnection>;
  /** As `swapdesk_desktop`. Starts the server again if it has died. */
  desktopConnection(): Promise<CentralConnection>;
  /** The password that `initCentral` gives to the desktop's role. */
  readonly desktopPassword: string;
  readonly dataFolder: string;
  /** Gives the share back; the last one out stops the server. */
  release(): Promise<void>;
}

export interface StartEmbeddedOptions {
  readonly homeDir: string;
  /** Shown to whoever has to wait, e.g. `swapdesk run`. */
  readonly holder: string;
  /** False: a data folder without an embedded database is refused instead of being given one. */
  readonly create: boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/**
 * Attaches to the embedded PostgreSQL of a data folder, and starts it if it is not running. The server is a process of its
 * own that belongs to the folder, whoever started it; every process that uses it holds a lock in `clients`, and the last
 * one to release stops it. After a kill the next one to start finds what is there: a running server is used, a dead one
 * recovers, a half-made cluster is made anew.
 * @throws failed `central-not-initialised` (only with `create: false`), `embedded-…`, `system-user-missing`, `lock-…`
 */
export async function startEmbedded(options: StartEmbeddedOptions): Promise<EmbeddedCentral> {
  const places = await placesOf(options.homeDir);
  if (!options.create && (await readFacts(places.factsFile)) === null) throw noEmbedded(options.homeDir);
  const { user, binaries } = await prepareSystem(options, await findBinaries());
  await mkdir(places.control, { recursive: true, mode: 0o700 });
  // The system user must pass through to its cluster; what else is here stays closed to it.
  if (user !== null) await chmod(places.root, 0o711);

  const server: Server = { options, places, user, binaries };
  return await underLock(server, async () => {
    const facts = await prepareCluster(server);
    const client = await registerClient(places.clients, options.ids.uid(), options.holder);
    try {
      await ensureRunning(server);
    } catch (error) {
      await unregisterClient(client);
      throw error;
    }
    return attach(server, facts, client);
  });
}

interface System {
  /** Whom the server runs as; null: as ourselves. */
  readonly user: SystemUser | null;
  readonly binaries: PostgresBinaries;
}

interface Server extends System {
  readonly options: StartEmbeddedOptions;
  readonly places: EmbeddedPlaces;
}

function attach(server: Server, facts: EmbeddedFacts, client: OsLock): EmbeddedCentral {
  let released = false;
  const connect = async (user: string, password: string): Promise<CentralConnection> => {
    const known = readPostmaster(server.places.cluster);
    const running = known?.ready === true ? known : await underLock(server, () => ensureRunning(server));
    return connectionTo(running, user, password);
  };
  return {
    adminConnection: () => connect(ADMIN_USER, facts.adminPassword),
    desktopConnection: () => connect(DESKTOP_ROLE, facts.desktopPassword),
    desktopPassword: facts.desktopPassword,
    dataFolder: server.places.root,
    async release() {
      if (released) return;
      released = true;
      await underLock(server, async () => {
        await unregisterClient(client);
        if ((await countClients(server.places.clients)) > 0) return;
        await stopPostmaster(server.places.cluster, server.binaries, server.user);
      });
    },
  };
}

function connectionTo(running: Postmaster, user: string, password: string): CentralConnection {
  const host = running.socketDir === '' ? '127.0.0.1' : running.socketDir;
  return { host, port: running.port, database: DATABASE_NAME, user, password, tls: 'off' };
}

async function underLock<T>(server: Server, fn: () => Promise<T>): Promise<T> {
  const { options, places } = server;
  const lock = await waitForOsLock(places.startLock, options.holder, LOCK_TIMEOUT_MS, options.clock);
  if (!isLock(lock)) throw busy(lock.heldBy);
  try {
    return await fn();
  } finally {
    await lock.release();
  }
}

/** As root: the system user, and a copy of the binaries that it can read. */
async function prepareSystem(options: StartEmbeddedOptions, packaged: PackagedBinaries): Promise<System> {
  if (!runsAsRoot()) return { user: null, binaries: packaged };
  const control = join(SYSTEM_FOLDER, 'control');
  await mkdir(control, { recursive: true, mode: 0o700 });
  // The umask may have cut it.
  await chmod(SYSTEM_FOLDER, 0o755);
  const lock = await waitForOsLock(join(control, 'system.lock'), options.holder, LOCK_TIMEOUT_MS, options.clock);
  if (!isLock(lock)) throw busy(lock.heldBy);
  try {
    const user = await ensureSystemUser();
    return { user, binaries: await copyBinaries(packaged, SYSTEM_FOLDER) };
  } finally {
    await lock.release();
  }
}

async function prepareCluster({ options, places, user, binaries }: Server): Promise<EmbeddedFacts> {
  const known = await readFacts(places.factsFile);
  if (known !== null) {
    if (!(await isClusterOf(places, known))) throw clusterMissing(places);
    await refuseOtherVersion(places, binaries);
    return known;
  }
  if (!options.create) throw noEmbedded(options.homeDir);
  await stopPostmaster(places.cluster, binaries, user);
  const aside = await putAside(places, options.clock.now());
  if (aside !== null) options.log.warn('a database without a data folder was put aside', { folder: aside });
  const facts = newFacts(places);
  await makeCluster(places, facts, binaries, user);
  await writeFacts(places, facts);
  return facts;
}

async function ensureRunning({ places, user, binaries }: Server): Promise<Postmaster> {
  const running = await waitForReady(places.cluster);
  return running ?? (await startPostmaster(places, binaries, user));
}

function busy(heldBy: string): Error {
  return workFailed({
    code: 'embedded-busy',
    what: 'The embedded database is being started or stopped by another process',
    where: heldBy,
    todo: 'Wait until it is done, then try again.',
  });
}

function noEmbedded(homeDir: string): Error {
  return workFailed({
    code: 'central-not-initialised',
    what: 'This data folder has no embedded database',
    where: homeDir,
    todo: 'Run `swapdesk central init --url embedded`.',
  });
}

function clusterMissing(places: EmbeddedPlaces): Error {
  return workFailed({
    code: 'embedded-missing',
    what: 'The embedded database of this data folder is missing',
    where: places.cluster,
    why: 'the folder is gone, or holds another database',
    todo: `Restore it from a backup, or delete ${places.factsFile} to begin with an empty one.`,
  });
}
