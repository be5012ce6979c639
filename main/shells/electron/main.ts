import * as electron from 'electron';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runApplication } from '../../app/application';
import { findProgramFiles } from '../../app/program-files';
import { createElectronShell } from './electron-shell';

const RUN_SIMULATOR = '--run-simulator';

/** The same program is the training carrier too: the fuse that would let Electron run as Node is off. */
async function runSimulator(options: readonly string[]): Promise<void> {
  const simulator = (await import(pathToFileURL(findProgramFiles().simulator).href)) as {
    runSimulator(argv: readonly string[]): Promise<void>;
  };
  await simulator.runSimulator(options);
}

async function runWindow(): Promise<void> {
  const preloadFile = join(findProgramFiles().distDir, 'preload-electron.cjs');
  electron.app.exit(await runApplication(createElectronShell(electron, preloadFile)));
}

// Not awaited here: Electron is not ready before this module has been loaded to its end.
const simulatorAt = process.argv.indexOf(RUN_SIMULATOR);
void (simulatorAt < 0 ? runWindow() : runSimulator(process.argv.slice(simulatorAt + 1)));
