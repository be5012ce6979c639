import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireOsLock, isLock, type OsLock } from '../../lib/os-lock';

/**
 * Who uses the server. Each process holds the lock of a file of its own in `clients`; the operating system lets go of it
 * when the process dies, so a killed one does not count, and a process number that was given out again can't be mistaken
 * for it. Everything here is called under the start lock.
 */
export async function registerClient(clientsDir: string, uid: string, holder: string): Promise<OsLock> {
  await mkdir(clientsDir, { recursive: true, mode: 0o700 });
  const answer = await acquireOsLock(join(clientsDir, `${uid}.lock`), holder);
  if (!isLock(answer)) throw new Error(`client file ${uid} is taken by ${answer.heldBy}`);
  return answer;
}

export async function unregisterClient(client: OsLock): Promise<void> {
  await client.release();
  await rm(client.file, { force: true });
}

/** How many processes use the server now. Files of dead ones are removed on the way. */
export async function countClients(clientsDir: string): Promise<number> {
  let alive = 0;
  for (const name of await readdir(clientsDir).catch(() => [])) {
    if (!name.endsWith('.lock')) continue;
    const file = join(clientsDir, name);
    const answer = await acquireOsLock(file, 'roll call');
    if (isLock(answer)) await unregisterClient(answer);
    else alive += 1;
  }
  return alive;
}
