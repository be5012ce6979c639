import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { usageError, workFailed } from '../../shared/domain/fault';
import {
  addressOf,
  initCentral,
  migrateCentral,
  openCentralDb,
  parseCentralUrl,
  startEmbedded,
  type CentralConnection,
  type CentralDb,
} from '../centraldb';
import { writeFileAtomically } from '../lib/atomic-file';
import { makeVerifier } from '../services/identity';
import type { Clock } from '../lib/clock';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/logger';
import type { SecretStore } from '../services/credentials';
import type { Config } from './config';

/** What the way to the central database takes of a data folder. */
interface CentralHome {
  readonly dir: string;
  readonly config: Pick<Config, 'centralPassword'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  secrets(): Promise<SecretStore>;
}

/** Which central database a data folder belongs to: `embedded`, or an address with a user and without a password. */
const linkSchema = z.object({ url: z.string() });

const linkFile = (home: CentralHome): string => join(home.dir, 'central.json');
const passwordName = (url: string): string => `central ${url}`;

type AskPassword = () => Promise<string>;

/** The address a data folder is connected to; null: none yet. */
export function centralUrl(home: CentralHome): string | null {
  if (!existsSync(linkFile(home))) return null;
  return linkSchema.parse(JSON.parse(readFileSync(linkFile(home), 'utf8'))).url;
}

/** Opens the central database of a data folder as a desktop. @throws usage `central-not-set` */
export async function openCentral(home: CentralHome): Promise<CentralDb> {
  const url = centralUrl(home);
  if (url === null) {
    throw usageError({
      code: 'central-not-set',
      what: 'This data folder has no central database yet',
      where: home.dir,
      todo: 'Run `swapdesk central init --url embedded`, or `swapdesk central connect --url …` for one that exists.',
    });
  }
  if (url !== 'embedded') {
    const password = await keptPassword(home, url);
    return openCentralDb({ connect: async () => ({ ...parseCentralUrl(url), password }), log: home.log });
  }
  const embedded = await startEmbedded({ ...embeddedOptions(home), create: false });
  const central = openCentralDb({
    address: url,
    connect: () => embedded.desktopConnection(),
    // It belongs to this folder alone: nobody else would do it.
    upgrade: async () => migrateCentral({ connection: await embedded.adminConnection(), log: home.log }),
    log: home.log,
  });
  return {
    address: central.address,
    withSession: (token, fn) => central.withSession(token, fn),
    withoutSession: (fn) => central.withoutSession(fn),
    listen: (channel, onHint) => central.listen(channel, onHint),
    async close() {
      await central.close();
      await embedded.release();
    },
  };
}

/** Makes the central database and its first administrator, and connects the data folder to it. Safe to repeat. */
export async function initCentralOf(
  home: CentralHome,
  url: string,
  askPassword: AskPassword,
  administrator: { readonly name: string; readonly password: string },
): Promise<{ address: string; migrations: readonly string[]; administrator: 'created' | 'exists' }> {
  refuseOther(home, url);
  const { salt, verifier } = await makeVerifier(administrator.password);
  const first = { name: administrator.name, salt, verifier };
  const result = await asOwner(home, url, askPassword, true, (connection, desktopPassword) =>
    initCentral({
      connection,
      administrator: first,
      ids: home.ids,
      log: home.log,
      ...(desktopPassword === undefined ? {} : { desktopPassword }),
    }),
  );
  return { address: result.address, migrations: result.applied, administrator: result.administrator };
}

/** Connects the data folder to a central database that exists. @throws failed when it can't be reached or used */
export async function connectCentral(
  home: CentralHome,
  url: string,
  askPassword: AskPassword,
): Promise<{ address: string }> {
  if (url === 'embedded') {
    throw usageError({
      code: 'central-url-invalid',
      what: 'The embedded database belongs to one data folder and is made there',
      todo: 'Run `swapdesk central init --url embedded`.',
    });
  }
  refuseOther(home, url);
  const connection = { ...parseCentralUrl(url), password: await askPassword() };
  const central = openCentralDb({ connect: async () => connection, log: home.log });
  try {
    await central.withoutSession((trx) => trx.raw('select 1'));
  } finally {
    await central.close();
  }
  await keepLink(home, url, connection.password);
  return { address: addressOf(connection) };
}

export async function migrateCentralOf(
  home: CentralHome,
  askPassword: AskPassword,
): Promise<{ address: string; migrations: readonly string[] }> {
  const url = centralUrl(home);
  if (url === null) {
    throw usageError({
      code: 'central-not-set',
      what: 'This data folder has no central database yet',
      where: home.dir,
      todo: 'Run `swapdesk central init` first.',
    });
  }
  const result = await asOwner(home, url, askPassword, false, (connection) =>
    migrateCentral({ connection, log: home.log }),
  );
  return { address: result.address, migrations: result.applied };
}

/** Runs `work` as the one who owns the schema, then keeps the link. */
async function asOwner<T>(
  home: CentralHome,
  url: string,
  askPassword: AskPassword,
  create: boolean,
  work: (connection: CentralConnection, desktopPassword: string | undefined) => Promise<T>,
): Promise<T & { address: string }> {
  if (url !== 'embedded') {
    const connection = { ...parseCentralUrl(url), password: await askPassword() };
    const done = await work(connection, undefined);
    await keepLink(home, url, connection.password);
    return { ...done, address: addressOf(connection) };
  }
  const embedded = await startEmbedded({ ...embeddedOptions(home), create });
  try {
    const done = await work(await embedded.adminConnection(), embedded.desktopPassword);
    await keepLink(home, url, null);
    return { ...done, address: url };
  } finally {
    await embedded.release();
  }
}

const embeddedOptions = (home: CentralHome) => ({
  homeDir: home.dir,
  holder: 'swapdesk',
  clock: home.clock,
  ids: home.ids,
  log: home.log,
});

/** A folder's mirror, drafts and chains belong to one central database: another one needs another folder. */
function refuseOther(home: CentralHome, url: string): void {
  const present = centralUrl(home);
  if (present === null || present === url) return;
  throw usageError({
    code: 'central-set-already',
    what: `This data folder is connected to ${present}`,
    where: home.dir,
    todo: 'Take another data folder with --home.',
  });
}

async function keepLink(home: CentralHome, url: string, password: string | null): Promise<void> {
  if (password !== null && home.config.centralPassword === null) {
    await (await home.secrets()).set(passwordName(url), password);
  }
  await writeFileAtomically(linkFile(home), `${JSON.stringify({ url })}\n`);
}

async function keptPassword(home: CentralHome, url: string): Promise<string> {
  const password = home.config.centralPassword ?? (await (await home.secrets()).get(passwordName(url)));
  if (password !== null) return password;
  throw workFailed({
    code: 'central-password-missing',
    what: 'The password of the central database is not known here',
    where: url,
    todo: 'Set SWAPDESK_CENTRAL_PASSWORD, or run `swapdesk central connect` again.',
  });
}
