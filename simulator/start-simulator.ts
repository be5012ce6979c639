import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Carrier } from './carrier';
import { SimulatorClock } from './clock';
import { SimulatorControl } from './control';
import { Courier } from './courier';
import { DEFAULT_ACCOUNTS, DEFAULT_LATENCY_MS, DEFAULT_LINES, DEFAULT_SEED, trainingAccounts } from './facts';
import type { TrainingAccount } from './facts';
import { DEFAULT_SETTINGS, mergeSettings, readFaultFile, type SettingsPatch } from './fault-file';
import { Faults } from './faults';
import { isoTime } from './fleet';
import { FileJournal, NO_JOURNAL, readJournal, StateFileError, type Journal } from './journal';
import { operationKey, State } from './state';
import { report, schedule } from './operations';
import type { MetaRecord } from './records';
import { createSimulatorServer } from './server';
import { Traffic } from './traffic';

export interface SimulatorOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number | undefined;
  readonly lines?: number | undefined;
  readonly seed?: number | undefined;
  /** Number of accounts, over which the lines are spread. */
  readonly accounts?: number | undefined;
  /** File that keeps every change; without it nothing outlives the process. */
  readonly state?: string | undefined;
  /** Content of a fault file: `{settings, rules}` or a list of rules, as in the README. */
  readonly faults?: unknown;
  /** From acceptance to change and callback; a pair is a range. */
  readonly latencyMs?: number | readonly [least: number, most: number] | undefined;
  readonly strictPorts?: boolean | undefined;
  readonly settings?: SettingsPatch | undefined;
}

export interface Simulator {
  readonly port: number;
  readonly url: string;
  /** The public training credentials, by account. */
  readonly accounts: readonly TrainingAccount[];
  /** Whether the state came from a file that was there already. */
  readonly restored: boolean;
  readonly control: SimulatorControl;
  /** Closes connections, writes what is left and frees the port. */
  stop(): Promise<void>;
}

/** Starts a ThingSpace of one's own on 127.0.0.1. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const file = readFaultFile(options.faults ?? []);
  const { state, restored } = await loadState(options);
  const clock = new SimulatorClock(state.clockOffsetMs, complain);
  const journal: Journal =
    options.state === undefined ? NO_JOURNAL : await FileJournal.create(options.state, state.snapshot());
  const faults = new Faults(state.meta.seed, file.rules);
  faults.restore([...state.faultCounts.values()]);
  const strict = options.strictPorts === undefined ? {} : { strictPorts: options.strictPorts };
  const settings = mergeSettings(mergeSettings(DEFAULT_SETTINGS, file.settings), { ...options.settings, ...strict });
  const carrier = new Carrier({ state, clock, journal, faults, settings, latencyMs: range(options.latencyMs) });
  const courier = new Courier(carrier);
  const traffic = new Traffic();
  const control = new SimulatorControl({ carrier, courier, traffic });
  const server = createSimulatorServer({ carrier, courier, traffic, control });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  goOn(carrier, courier);
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    clock.stop();
    courier.stop();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    await journal.close();
  };
  const accounts = trainingAccounts(state.meta.accounts);
  return { port, url: `http://127.0.0.1:${port}`, accounts, restored, control, stop: onceOnly(stop) };
}

/** From the file when there is one: then its lines and seed hold, not the options. */
async function loadState(options: SimulatorOptions): Promise<{ state: State; restored: boolean }> {
  const meta: MetaRecord = {
    type: 'meta',
    format: 1,
    seed: options.seed ?? DEFAULT_SEED,
    lines: options.lines ?? DEFAULT_LINES,
    accounts: options.accounts ?? DEFAULT_ACCOUNTS,
    createdAt: isoTime(new SimulatorClock(0, complain).now()),
  };
  if (options.state === undefined) return { state: State.seeded(meta), restored: false };
  let state: State | undefined;
  for await (const record of readJournal(options.state)) {
    if (state === undefined) {
      if (record.type !== 'meta' || record.format !== 1)
        throw new StateFileError(`${options.state}: not a state file of this simulator`);
      state = new State(record);
    }
    state.apply(record);
  }
  return state === undefined ? { state: State.seeded(meta), restored: false } : { state, restored: true };
}

/** Takes up what a former process left: waiting operations, unwritten and unsent callbacks. */
function goOn(carrier: Carrier, courier: Courier): void {
  const { state } = carrier;
  for (const { operation, code } of [...state.unreported.values()]) {
    const line = state.lines.byDeviceId(Number(operation.line));
    const swap = state.swaps.find(
      (entry) => operationKey(entry.requestId, entry.line) === operationKey(operation.requestId, operation.line),
    );
    const lineBefore = line === undefined ? undefined : { ...line, ...swap?.from };
    report(carrier, { operation, lineBefore, code });
  }
  state.unreported.clear();
  for (const operation of [...state.operations.values()]) schedule({ carrier, courier }, operation);
  courier.scheduleAll([...state.callbacks.values()]);
}

function range(latencyMs: SimulatorOptions['latencyMs']): readonly [number, number] {
  if (latencyMs === undefined) return DEFAULT_LATENCY_MS;
  return typeof latencyMs === 'number' ? [latencyMs, latencyMs] : latencyMs;
}

function complain(error: unknown): void {
  process.stderr.write(`simulator: ${error instanceof Error ? error.message : String(error)}\n`);
}

function onceOnly(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= run());
}
