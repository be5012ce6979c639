import { findProgramFiles } from '../app/program-files';
import { runSimulatorProcess } from '../app/simulator-process';
import type { Registration } from './command';

export const registerSimulator: Registration = (program, act) => {
  program
    .command('simulator')
    .description('the ThingSpace simulator, a process of its own')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]', '--port N [--lines N] [--seed N] [--faults FILE] [--state FILE]; --help lists all')
    .action(
      act(async (run, words: string[]) => {
        return { exitCode: await runSimulatorProcess(findProgramFiles(), words, run.signal) };
      }),
    );
};
