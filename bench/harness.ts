import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** Seeded data that is dear to make is kept here between runs; safe to delete. Benchmarks run in the project's folder. */
export const dataDir = join(process.cwd(), '.cache', 'bench-data');

/** What one run of one variant gives: its time, and whatever else it measured, in the unit that its name says. */
export type Measured = { readonly ms: number } & Readonly<Record<string, number>>;

export interface Variant {
  readonly name: string;
  /** A slow peer runs in the first round only. */
  readonly once?: boolean;
  run(rows: number): Promise<Measured>;
}

/** A figure to reach, computed from the medians of one run. */
export interface Figure {
  readonly name: string;
  /** The largest value (for `atLeast`: the smallest) that reaches it. */
  readonly goal: number;
  readonly atLeast?: boolean;
  value(median: (variant: string, what?: string) => number): number;
}

export interface Benchmark {
  readonly name: string;
  readonly rows: number;
  readonly rounds: number;
  /** Makes the data when it isn't there yet, in a process of its own. @returns what the data is, and its size */
  prepare(rows: number): Promise<string>;
  readonly variants: readonly Variant[];
  readonly figures: readonly Figure[];
}

interface Options {
  readonly rows: number;
  readonly rounds: number;
  readonly only: readonly string[];
  readonly child: string | null;
}

/**
 * Runs a benchmark: in every round each variant once, in turn, each in a process of its own, so that a slow minute of
 * the machine hits all of them. Prints a table of medians, the figures and one JSON line. Options: `--rows 100000` for
 * a quick look, `--rounds 3`, `--only whole,parse`.
 */
export async function runBenchmark(benchmark: Benchmark): Promise<void> {
  const options = readOptions(benchmark);
  if (options.child !== null) return runChild(benchmark, options, options.child);
  mkdirSync(dataDir, { recursive: true });
  const { data } = await inOwnProcess<{ data: string }>(benchmark, options, 'prepare');
  console.log(`${benchmark.name}: ${data}`);
  const wanted = benchmark.variants.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const results = new Map<string, Measured[]>(wanted.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round += 1) {
    for (const { name, once = false } of wanted) {
      if (once && round > 0) continue;
      results.get(name)?.push(await inOwnProcess<Measured>(benchmark, options, name));
    }
  }
  report(benchmark, options, data, results);
}

function readOptions(benchmark: Benchmark): Options {
  const args = process.argv.slice(2);
  const value = (flag: string): string | null => {
    const at = args.indexOf(flag);
    return at === -1 ? null : (args[at + 1] ?? '');
  };
  const count = (flag: string, usual: number): number => {
    const text = value(flag);
    const number = text === null ? usual : Number(text.replaceAll('_', ''));
    if (Number.isInteger(number) && number > 0) return number;
    console.error(`${flag} takes a whole number from 1, not "${text ?? ''}".`);
    process.exit(2);
  };
  return {
    rows: count('--rows', benchmark.rows),
    rounds: count('--rounds', benchmark.rounds),
    only: value('--only')?.split(',') ?? [],
    child: value('--child'),
  };
}

async function runChild(benchmark: Benchmark, options: Options, child: string): Promise<void> {
  if (child === 'prepare') {
    process.send?.({ data: await benchmark.prepare(options.rows) });
    return;
  }
  const variant = benchmark.variants.find(({ name }) => name === child);
  if (variant === undefined) throw new Error(`${benchmark.name} has no variant ${child}`);
  const measured = await variant.run(options.rows);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.send?.({ ...measured, cpuMs: (userCPUTime + systemCPUTime) / 1000, peakMb: maxRSS / 1024 });
}

function inOwnProcess<T>(benchmark: Benchmark, options: Options, child: string): Promise<T> {
  const [, script = ''] = process.argv;
  const started = fork(script, ['--rows', String(options.rows), '--child', child]);
  return new Promise((resolve, reject) => {
    let answer: T | undefined;
    started.on('message', (message) => {
      answer = message as T;
    });
    started.on('exit', (code) => {
      if (code === 0 && answer !== undefined) resolve(answer);
      else reject(new Error(`${benchmark.name}: ${child} ended with code ${code ?? 'none'}`));
    });
  });
}

function report(
  benchmark: Benchmark,
  options: Options,
  data: string,
  results: ReadonlyMap<string, readonly Measured[]>,
): void {
  const median = (variant: string, what = 'ms'): number =>
    middle((results.get(variant) ?? []).flatMap((one) => one[what] ?? []));
  const summary: Record<string, Record<string, number>> = {};
  for (const [variant, runs] of results) {
    const row: Record<string, number> = {};
    for (const what of Object.keys(runs[0] ?? {})) row[what] = rounded(median(variant, what));
    row['leastMs'] = rounded(Math.min(...runs.map(({ ms }) => ms)));
    row['mostMs'] = rounded(Math.max(...runs.map(({ ms }) => ms)));
    summary[variant] = row;
  }
  console.table(summary);
  const figures = benchmark.figures.flatMap(({ name, goal, atLeast = false, value }) => {
    const got = value(median);
    if (!Number.isFinite(got)) return [];
    return [{ name, value: rounded(got), goal, reached: atLeast ? got >= goal : got <= goal }];
  });
  for (const { name, value, goal, reached } of figures) {
    console.log(`${reached ? 'reached ' : 'NOT YET '}  ${name}: ${value} (goal ${goal})`);
  }
  const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model ?? 'unknown' };
  const { rows, rounds } = options;
  console.log(JSON.stringify({ benchmark: benchmark.name, rows, rounds, data, machine, medians: summary, figures }));
}

/** NaN of nothing. */
function middle(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
