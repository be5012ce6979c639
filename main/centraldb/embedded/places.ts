import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { workFailed } from '../../../shared/domain/fault';

/**
 * Where an embedded database keeps its things.
 *
 *   <home>/embedded/embedded.json   which cluster, and its passwords: mode 0600, the one secret that lies in a file.
 *                                   It guards only this data folder.
 *   <root>/cluster                  PostgreSQL's own folder
 *   <root>/control/clients/         one lock for each process that uses the server
 *   <root>/control/starting.lock    whoever starts or stops it
 *   <root>/socket/, server.log
 *
 * <root> is <home>/embedded, except for root: another user can enter neither /root nor a folder of mode 0700, so there
 * it is /var/lib/swapdesk/<hash of the data folder>.
 */
export interface EmbeddedPlaces {
  readonly factsFile: string;
  readonly root: string;
  readonly cluster: string;
  /** Mode 0700, also where the root folder must let the system user through. */
  readonly control: string;
  readonly clients: string;
  readonly startLock: string;
  readonly socketDir: string;
  readonly logFile: string;
}

/** For root: where clusters and copies of the binaries lie. */
export const SYSTEM_FOLDER = '/var/lib/swapdesk';

const factsSchema = z.object({
  /** Written into the cluster's folder too: a folder that does not carry it belongs to somebody else. */
  clusterId: z.string(),
  /** Absolute for root, else left out. */
  root: z.string().optional(),
  adminPassword: z.string().min(1),
  desktopPassword: z.string().min(1),
});
/** The contents of embedded.json. */
export type EmbeddedFacts = z.infer<typeof factsSchema>;

/** Root gets its own places. Windows knows no such user. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The places of a data folder; the folder is made if missing. */
export async function placesOf(homeDir: string): Promise<EmbeddedPlaces> {
  const own = join(homeDir, 'embedded');
  await mkdir(own, { recursive: true, mode: 0o700 });
  const factsFile = join(own, 'embedded.json');
  const facts = await readFacts(factsFile);
  const root = facts?.root ?? (runsAsRoot() ? join(SYSTEM_FOLDER, hashOf(await realpath(homeDir))) : own);
  return placesIn(root, factsFile);
}

function placesIn(root: string, factsFile: string): EmbeddedPlaces {
  return {
    factsFile,
    root,
    cluster: join(root, 'cluster'),
    control: join(root, 'control'),
    clients: join(root, 'control', 'clients'),
    startLock: join(root, 'control', 'starting.lock'),
    socketDir: join(root, 'socket'),
    logFile: join(root, 'server.log'),
  };
}

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}

/** @throws failed `embedded-damaged` when the file is there and can't be read as what it should be */
export async function readFacts(factsFile: string): Promise<EmbeddedFacts | null> {
  if (!existsSync(factsFile)) return null;
  try {
    return factsSchema.parse(JSON.parse(await readFile(factsFile, 'utf8')));
  } catch (error) {
    throw workFailed(
      {
        code: 'embedded-damaged',
        what: 'The description of the embedded database cannot be read',
        where: factsFile,
        why: error instanceof SyntaxError || error instanceof z.ZodError ? 'its contents are damaged' : String(error),
        todo: 'Restore the file from a backup of the data folder.',
      },
      error,
    );
  }
}

/** New facts with new passwords, not written yet. */
export function newFacts(places: EmbeddedPlaces): EmbeddedFacts {
  return {
    clusterId: randomBytes(16).toString('hex'),
    ...(runsAsRoot() ? { root: places.root } : {}),
    adminPassword: randomBytes(24).toString('base64url'),
    desktopPassword: randomBytes(24).toString('base64url'),
  };
}

/** Written in one step, once the cluster is complete: facts without their cluster then mean that it was lost. */
export async function writeFacts(places: EmbeddedPlaces, facts: EmbeddedFacts): Promise<void> {
  const temporary = `${places.factsFile}.new`;
  await writeFile(temporary, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(temporary, places.factsFile);
}
