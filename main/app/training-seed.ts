import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../shared/domain/fault';
import { writeFileAtomically } from '../lib/atomic-file';
import { createCloser } from '../lib/closer';
import type { Provider } from '../services/devices';
import type { Session } from '../services/identity';
import type { CarrierLine } from '../services/thingspace';
import { openWorkspace } from './build-services';
import type { Workspace } from './workspace';
import { centralUrl, initCentralOf } from './central';
import type { Home } from './home';
import { signedInSession } from './sign-in';
import {
  ensureSimulator,
  makeTraining,
  readTraining,
  stopSimulator,
  writeTraining,
  type Training,
} from './simulator-process';
import {
  TRAINING_LINES,
  TRAINING_PASSWORD,
  TRAINING_PROVIDERS,
  TRAINING_USERS,
  type TrainingProvider,
} from './training';

export interface SeededTraining {
  readonly providers: readonly string[];
  readonly users: readonly string[];
  readonly lines: number;
}

/**
 * Makes a data folder a training workspace: central database, users of every role, three service providers, and the
 * lines that the simulator lists for them. Each step may be repeated, so a killed one is begun again; a folder that is
 * seeded is left as it is.
 *
 * @param notice told what takes a moment
 * @param lines size of the fleet, for a folder that has none yet
 * @throws usage `central-not-empty` in a folder with other providers
 */
export async function seedTraining(
  home: Home,
  notice: (line: string) => void,
  lines: number = TRAINING_LINES,
): Promise<SeededTraining> {
  const known = readTraining(home);
  const users = TRAINING_USERS.map((user) => user.name);
  const providers = TRAINING_PROVIDERS.map((provider) => provider.name);
  if (known?.seeded === true) return { providers, users, lines: known.lines };
  notice('Making the training workspace: central database, users, providers and lines …');
  // Written first: whatever is made below is known to be ours when a killed seeding is begun again.
  const begun = known ?? (centralUrl(home) === null ? await makeTraining(home, lines) : null);
  if (centralUrl(home) === null) await makeCentral(home);
  const closer = createCloser();
  try {
    const session = begun === null ? await signedInSession(home, closer) : await signInAs(home, 'admin');
    await refuseForeignProviders(home, session);
    const training = begun ?? (await makeTraining(home, lines));
    await ensureSimulator(home, training);
    closer.add('simulator', () => stopSimulator(home, training));
    await seed(home, session, training);
    await writeTraining(home, { ...training, seeded: true });
    return { providers, users, lines: training.lines };
  } finally {
    await closer.closeAll();
  }
}

/** Opens the training folder as one of its users. */
export async function openTrainingWorkspace(home: Home, userName: string): Promise<Workspace> {
  return openWorkspace(home, await signInAs(home, userName));
}

async function signInAs(home: Home, userName: string): Promise<Session> {
  return (await home.identity()).signIn(userName, TRAINING_PASSWORD);
}

async function makeCentral(home: Home): Promise<void> {
  const nobodyAsks = async (): Promise<string> => {
    throw new Error('the embedded database asks for no password');
  };
  await initCentralOf(home, 'embedded', nobodyAsks, { name: 'admin', password: TRAINING_PASSWORD });
}

async function refuseForeignProviders(home: Home, session: Session): Promise<void> {
  const workspace = await openWorkspace(home, session);
  try {
    const ours = new Set(TRAINING_PROVIDERS.map((provider) => provider.name));
    const foreign = (await workspace.devices.listProviders(session)).filter((one) => !ours.has(one.name));
    if (foreign.length === 0) return;
    throw usageError({
      code: 'central-not-empty',
      what: 'Training data goes into an empty central database only',
      where: foreign.map((one) => one.name).join(', '),
      todo: 'Take another data folder with --home.',
    });
  } finally {
    await workspace.close();
  }
}

async function seed(home: Home, session: Session, training: Training): Promise<void> {
  // Opened after training.json was written: from here on the training credentials are at hand.
  const workspace = await openWorkspace(home, session);
  try {
    await addUsers(workspace);
    for (const [index, one] of TRAINING_PROVIDERS.entries()) {
      const provider = await addProvider(workspace, one, training, training.callbackPorts[index] ?? 0);
      await loadLines(home, workspace, one, provider);
    }
    await workspace.sync.sync();
  } finally {
    await workspace.close();
  }
}

async function addUsers({ identity, session }: Workspace): Promise<void> {
  const present = new Set((await identity.listUsers(session)).map((user) => user.name));
  for (const { name, role, password } of TRAINING_USERS) {
    if (present.has(name)) continue;
    await identity.addUser(session, { name, role, providers: [], customers: [], password });
  }
}

async function addProvider(
  { devices, session }: Workspace,
  { name, account, portal }: TrainingProvider,
  training: Training,
  callbackPort: number,
): Promise<Provider> {
  const present = (await devices.listProviders(session)).find((one) => one.name === name);
  return (
    present ??
    devices.addProvider(session, {
      name,
      account,
      portal,
      baseUrl: `http://127.0.0.1:${training.simulatorPort}`,
      ratePerMinute: null,
      concurrency: 20,
      callbackUrl: `http://127.0.0.1:${callbackPort}/callbacks`,
    })
  );
}

/** What the carrier lists, and whose line each is: that only the training data knows. */
async function loadLines(home: Home, workspace: Workspace, one: TrainingProvider, provider: Provider): Promise<void> {
  const { devices, session, thingspace } = workspace;
  const lines: CarrierLine[] = [];
  for await (const page of thingspace.listLines(provider)) lines.push(...page);
  await devices.refresh(session, provider, pagesOf(lines));
  const dir = join(home.dir, 'lists');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, `customers-${one.account}.csv`);
  await writeFileAtomically(file, customersCsv(one, lines));
  await devices.loadCsv(session, provider, file);
}

async function* pagesOf(lines: readonly CarrierLine[]): AsyncIterable<readonly CarrierLine[]> {
  const size = 500;
  for (let from = 0; from < lines.length; from += size) yield lines.slice(from, from + size);
}

function customersCsv({ customers }: TrainingProvider, lines: readonly CarrierLine[]): string {
  const rows = lines.map(({ iccid, imei, mdn, eid, status }, index) => {
    const customer = customers[index % customers.length];
    const ratePlan = customer?.ratePlans[Math.floor(index / customers.length) % customer.ratePlans.length];
    return [iccid, imei, mdn, eid, status, customer?.name, ratePlan, customer?.ratePool].map((cell) => cell ?? '');
  });
  return [['iccid', 'imei', 'mdn', 'eid', 'status', 'customer', 'ratePlan', 'ratePool'], ...rows]
    .map((row) => `${row.join(',')}\r\n`)
    .join('');
}
