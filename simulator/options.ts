/** The command line of the simulator. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_ACCOUNTS, DEFAULT_LATENCY_MS, DEFAULT_LINES, DEFAULT_SEED, trainingAccounts } from './facts';
import { FaultFileError, readFaultFile } from './fault-file';
import type { SimulatorOptions } from './start-simulator';

/** Wrong usage: shown as it is, exit code 2. */
export class UsageError extends Error {}

const OPTIONS = {
  port: { type: 'string' },
  lines: { type: 'string' },
  seed: { type: 'string' },
  accounts: { type: 'string' },
  faults: { type: 'string' },
  state: { type: 'string' },
  'latency-ms': { type: 'string' },
  'strict-ports': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Reads the arguments; undefined when help was asked for. */
export async function readOptions(argv: readonly string[]): Promise<SimulatorOptions | undefined> {
  const values = parse(argv);
  if (values.help === true) return undefined;
  const faults = values.faults === undefined ? undefined : await readFaults(values.faults);
  return {
    port: whole('port', values.port, 0, 65_535),
    lines: whole('lines', values.lines, 0, 7_000_000),
    seed: whole('seed', values.seed, 0, 2 ** 31 - 1),
    accounts: whole('accounts', values.accounts, 1, 1000),
    state: values.state,
    latencyMs: latency(values['latency-ms']),
    strictPorts: values['strict-ports'],
    ...(faults === undefined ? {} : { faults }),
  };
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error: unknown) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`--${name}: expected a whole number from ${least} to ${most}, got "${text}"`);
  return value;
}

function latency(text: string | undefined): readonly [number, number] | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(text);
  const least = Number(match?.[1]);
  const most = Number(match?.[2] ?? match?.[1]);
  if (match === null || most < least) throw new UsageError(`--latency-ms: expected MS or LEAST-MOST, got "${text}"`);
  return [least, most];
}

async function readFaults(path: string): Promise<unknown> {
  try {
    const content: unknown = JSON.parse(await readFile(path, 'utf8'));
    readFaultFile(content);
    return content;
  } catch (error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    const kind = error instanceof FaultFileError ? '' : 'cannot read ';
    throw new UsageError(`--faults: ${kind}${path}: ${reason}`);
  }
}

/** The help text, with the public credentials of the training accounts. */
export function helpText(): string {
  const credentials = trainingAccounts(DEFAULT_ACCOUNTS).map(
    (entry) =>
      `  ${entry.account}  clientId ${entry.clientId}  clientSecret ${entry.clientSecret}\n` +
      `                    username ${entry.username}  password ${entry.password}`,
  );
  return `A ThingSpace of one's own, on 127.0.0.1.

  --port N          port; 0 (default) takes a free one
  --lines N         lines to start with (${DEFAULT_LINES})
  --seed N          which lines, latencies and chances (${DEFAULT_SEED})
  --accounts N      accounts over which the lines are spread (${DEFAULT_ACCOUNTS})
  --state FILE      keep every change in FILE and go on from it
  --faults FILE     what shall go wrong (see simulator/README.md)
  --latency-ms MS   time to change and callback; MS or LEAST-MOST (${DEFAULT_LATENCY_MS.join('-')})
  --strict-ports    only the listener ports that the carrier allows
  --help            this text

Training credentials; they open nothing but a simulator:
${credentials.join('\n')}

Prints one line of JSON when it listens. Control endpoints under /__control/. Ends on SIGTERM or SIGINT.
`;
}
