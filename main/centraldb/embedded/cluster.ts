import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workFailed } from '../../../shared/domain/fault';
import type { PostgresBinaries } from './binaries';
import type { EmbeddedFacts, EmbeddedPlaces } from './places';
import { CHILD_ENVIRONMENT } from './postmaster';
import type { SystemUser } from './system-user';

const run = promisify(execFile);

export const ADMIN_USER = 'swapdesk_admin';
const ID_FILE = 'swapdesk-cluster-id';

/** Whether the folder holds the finished cluster that these facts describe. */
export async function isClusterOf(places: EmbeddedPlaces, facts: EmbeddedFacts): Promise<boolean> {
  const id = await readFile(join(places.cluster, ID_FILE), 'utf8').catch(() => null);
  return id === facts.clusterId;
}

/**
 * Makes the cluster in a folder that gets its name when it is complete: an initdb that was killed leaves nothing that
 * could be taken for a cluster. Call it under the start lock.
 * @throws failed `embedded-not-made`
 */
export async function makeCluster(
  places: EmbeddedPlaces,
  facts: EmbeddedFacts,
  binaries: PostgresBinaries,
  user: SystemUser | null,
): Promise<void> {
  const unfinished = `${places.cluster}.unfinished`;
  const passwordFile = `${places.cluster}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  try {
    await writeFile(passwordFile, `${facts.adminPassword}\n`, { mode: 0o600 });
    if (user !== null) {
      await chown(unfinished, user.uid, user.gid);
      await chown(passwordFile, user.uid, user.gid);
    }
    const options = [
      ['-D', unfinished, '-U', ADMIN_USER, `--pwfile=${passwordFile}`],
      [
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
    ].flat();
    await run(binaries.initdb, options, { env: CHILD_ENVIRONMENT, cwd: places.root, ...(user ?? {}) });
    await writeFile(join(unfinished, ID_FILE), facts.clusterId, { mode: 0o600 });
    await rename(unfinished, places.cluster);
  } catch (error) {
    throw workFailed(
      {
        code: 'embedded-not-made',
        what: 'The embedded database could not be made',
        where: places.root,
        why: error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error),
        todo: 'Check that the disk has room (60 MB) and that the folder may be written, then try again.',
      },
      error,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** @throws failed `embedded-version` when the cluster was made by another major version of PostgreSQL */
export async function refuseOtherVersion(places: EmbeddedPlaces, binaries: PostgresBinaries): Promise<void> {
  const version = (await readFile(join(places.cluster, 'PG_VERSION'), 'utf8')).trim();
  if (Number(version) === binaries.majorVersion) return;
  throw workFailed({
    code: 'embedded-version',
    what: `The embedded database was made by PostgreSQL ${version}, and this Swapdesk brings PostgreSQL ${binaries.majorVersion}`,
    where: places.cluster,
    todo: `Use a Swapdesk that brings PostgreSQL ${version} to take the data out, or a new data folder.`,
  });
}

/**
 * A cluster lies where ours should be, and the data folder that it belonged to is gone (deleted, and made again at the same
 * place): its passwords are lost. It is put aside, not removed: removing somebody's data is not ours to decide.
 */
export async function putAside(places: EmbeddedPlaces, atMs: number): Promise<string | null> {
  if (!existsSync(places.cluster)) return null;
  const aside = `${places.cluster}.orphan-${atMs}`;
  await rename(places.cluster, aside);
  return aside;
}
