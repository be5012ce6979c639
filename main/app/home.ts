import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { workFailed } from '../../shared/domain/fault';
import type { CentralDb } from '../centraldb';
import { writeFileAtomically } from '../lib/atomic-file';
import { systemClock, type Clock } from '../lib/clock';
import { createCloser } from '../lib/closer';
import { systemIds, type Ids } from '../lib/ids';
import { createFileLog, type Log } from '../lib/logger';
import { createSecretStore, type SecretStore } from '../services/credentials';
import { createIdentityService, type IdentityService } from '../services/identity';
import { openCentral } from './central';
import type { Config } from './config';
import { findProgramFiles, type ProgramFiles } from './program-files';

/** This computer as the central database and the audit chains know it; made at first use of a data folder. */
export interface Desktop {
  readonly uid: string;
  /** Shown to other desks. */
  readonly name: string;
}

/** One data folder with everything that needs no user: desktop, log, keychain, and the way to the central database. */
export interface Home {
  readonly dir: string;
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly program: ProgramFiles;
  readonly desktop: Desktop;
  /** The OS keychain, or this process's memory where there is none. Probed once, when first asked for. */
  secrets(): Promise<SecretStore>;
  /** @throws usage `central-not-set`, failed `central-unreachable` */
  central(): Promise<CentralDb>;
  identity(): Promise<IdentityService>;
  close(): Promise<void>;
}

const desktopSchema = z.object({ uid: z.uuid(), name: z.string() });

/** @throws failed `data-folder-unusable` when the folder can't be made or written */
export async function openHome(config: Config, dir: string): Promise<Home> {
  makeUsable(dir);
  const closer = createCloser();
  const log = createFileLog(dir);
  closer.add('log', () => log.close());
  const once = createOnce();
  const home: Home = {
    dir,
    config,
    clock: systemClock,
    ids: systemIds,
    log,
    program: findProgramFiles(),
    desktop: await readDesktop(dir, systemIds),
    secrets: once(() => createSecretStore({ mode: config.credentials === null ? 'auto' : 'memory', log })),
    central: once(async () => {
      const central = await openCentral(home);
      closer.add('central database', () => central.close());
      return central;
    }),
    identity: once(async () =>
      createIdentityService({
        central: await home.central(),
        clock: systemClock,
        ids: systemIds,
        desktopUid: home.desktop.uid,
        desktopName: home.desktop.name,
      }),
    ),
    close: () => closer.closeAll(),
  };
  return home;
}

/** Runs once, also for callers that come meanwhile; a failure is forgotten, so that the next one tries again. */
function createOnce(): <T>(make: () => Promise<T>) => () => Promise<T> {
  return (make) => {
    let made: ReturnType<typeof make> | null = null;
    return () => {
      made ??= make().catch((error: unknown) => {
        made = null;
        throw error;
      });
      return made;
    };
  };
}

function makeUsable(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    mkdirSync(join(dir, 'logs'), { recursive: true, mode: 0o700 });
    accessSync(join(dir, 'logs'), constants.W_OK);
  } catch (error) {
    throw workFailed(
      {
        code: 'data-folder-unusable',
        what: 'The data folder can’t be used',
        where: dir,
        why: error instanceof Error ? error.message : String(error),
        todo: 'Make it writable for you, or name another one with --home.',
      },
      error,
    );
  }
}

async function readDesktop(dir: string, ids: Ids): Promise<Desktop> {
  const file = join(dir, 'desktop.json');
  if (existsSync(file)) {
    try {
      return desktopSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } catch (error) {
      throw workFailed(
        {
          code: 'data-folder-damaged',
          what: 'This desktop’s own name can’t be read',
          where: file,
          todo: 'Put the file back from a backup: leases and audit chains carry the uid in it.',
        },
        error,
      );
    }
  }
  const desktop: Desktop = { uid: ids.uid(), name: hostname() };
  await writeFileAtomically(file, `${JSON.stringify(desktop)}\n`);
  return desktop;
}
