import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { workFailed } from '../../../shared/domain/fault';

/** PostgreSQL refuses to run as root; a system user that owns nothing else does it instead. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const SYSTEM_USER_NAME = 'swapdesk';

const run = promisify(execFile);

/**
 * The system user `swapdesk`, made if it is missing. Call it under a lock.
 * @throws failed `system-user-missing`
 */
export async function ensureSystemUser(): Promise<SystemUser> {
  const known = await findUser();
  if (known !== null) return known;
  const shell = existsSync('/usr/sbin/nologin') ? '/usr/sbin/nologin' : '/sbin/nologin';
  const ways: readonly (readonly [string, readonly string[]])[] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', shell]],
    // BusyBox, as on Alpine.
    ['adduser', ['-S', '-D', '-H', '-s', shell]],
  ];
  const refusals: string[] = [];
  for (const [command, options] of ways) {
    try {
      await run(command, [...options, SYSTEM_USER_NAME]);
    } catch (error) {
      refusals.push(error instanceof Error ? error.message.trim() : String(error));
    }
    const made = await findUser();
    if (made !== null) return made;
  }
  throw workFailed({
    code: 'system-user-missing',
    what: 'The embedded database needs a system user, and it could not be made',
    where: SYSTEM_USER_NAME,
    why: refusals.join('; '),
    todo: `Make it (useradd --system ${SYSTEM_USER_NAME}), or run Swapdesk as a user other than root.`,
  });
}

/** Reads /etc/passwd itself: a library look-up would need a network where users come from a directory. */
async function findUser(): Promise<SystemUser | null> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const fields = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === SYSTEM_USER_NAME);
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  // A user of that name with the rights of root would defeat the purpose.
  return fields === undefined || !Number.isInteger(uid) || uid === 0 ? null : { uid, gid };
}
