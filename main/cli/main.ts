import { Command, CommanderError } from 'commander';
import { readConfig } from '../app/config';
import { createAct } from './command';
import { registerAlert } from './alert';
import { registerAudit } from './audit';
import { registerCallbacks } from './callbacks';
import { registerCentral } from './central';
import { registerChange } from './change';
import { registerCredentials } from './credentials';
import { registerDemo } from './demo';
import { registerDevices } from './devices';
import { registerDraft } from './draft';
import { registerCheck, registerImport } from './import';
import { registerMetrics } from './metrics';
import { registerProvider } from './provider';
import { registerQueue } from './queue';
import { registerReport } from './report';
import { registerRun } from './run';
import { registerSignIn } from './sign-in';
import { registerSimulator } from './simulator';
import { registerSubmit } from './submit';
import { registerSync } from './sync';
import { registerUser } from './user';
import { printError } from './output';
import { SwapdeskError } from '../../shared/domain/fault';

const REGISTRATIONS = [
  registerDemo,
  registerSignIn,
  registerCentral,
  registerUser,
  registerProvider,
  registerCredentials,
  registerDevices,
  registerCheck,
  registerImport,
  registerDraft,
  registerSubmit,
  registerRun,
  registerChange,
  registerQueue,
  registerMetrics,
  registerAlert,
  registerSync,
  registerCallbacks,
  registerAudit,
  registerReport,
  registerSimulator,
];

async function main(): Promise<number> {
  const config = readConfig();
  let exitCode = 0;
  const act = createAct(config, (code) => {
    exitCode = code;
  });
  const program = new Command('swapdesk')
    .description('Bulk ICCID and IMEI changes at Verizon ThingSpace, from a CSV to the audit report')
    .option('--home <dir>', 'data folder (default: SWAPDESK_HOME, else your own)')
    .option('--json', 'print one JSON document on standard output')
    .showHelpAfterError('(swapdesk --help lists the commands)')
    .exitOverride();
  for (const register of REGISTRATIONS) register(program, act);
  program.commands.forEach((command) => override(command));
  try {
    await program.parseAsync([...config.argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for is no error; everything else that commander refuses is wrong usage.
    return error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}

/** Subcommands must throw as the program does, or commander would end the process with its own exit code. */
function override(command: Command): void {
  command.exitOverride();
  command.commands.forEach((child) => override(child));
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    if (!(error instanceof SwapdeskError)) throw error;
    printError(error.story, false);
    process.exitCode = 2;
  },
);
