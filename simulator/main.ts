/** The simulator as a process of its own. */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { StateFileError } from './journal';
import { helpText, readOptions, UsageError } from './options';
import { startSimulator } from './start-simulator';

/**
 * Runs until SIGTERM or SIGINT. Exit code 0 after a clean end, 2 for wrong usage, 1 when it could not start.
 * When it listens it prints `{"listening":true,"port":…,"url":…,"pid":…,"restored":…}` and a line end.
 */
export async function runSimulator(argv: readonly string[]): Promise<void> {
  try {
    const options = await readOptions(argv);
    if (options === undefined) {
      process.stdout.write(helpText());
      return;
    }
    const simulator = await startSimulator(options);
    const { port, url, restored } = simulator;
    process.stdout.write(`${JSON.stringify({ listening: true, port, url, pid: process.pid, restored })}\n`);
    await ended();
    await simulator.stop();
    process.exitCode = 0;
  } catch (error: unknown) {
    const usage = error instanceof UsageError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(usage ? `${message}\nTry --help.\n` : `simulator: ${message}\n`);
    process.exitCode = usage || error instanceof StateFileError ? 2 : 1;
  }
}

function ended(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => done());
  });
}

const startedAs = process.argv[1];
if (startedAs !== undefined && pathToFileURL(realpathSync(startedAs)).href === import.meta.url)
  await runSimulator(process.argv.slice(2));
