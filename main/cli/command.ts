import type { Command } from 'commander';
import { resolve } from 'node:path';
import { SwapdeskError } from '../../shared/domain/fault';
import type { Permission } from '../../shared/domain/permission';
import { openWorkspace } from '../app/build-services';
import type { Workspace } from '../app/workspace';
import type { Config } from '../app/config';
import { openHome, type Home } from '../app/home';
import { signedInSession } from '../app/sign-in';
import { createCloser } from '../lib/closer';
import { printError, printNotice, printResult, type CommandResult, type PrintedAlready } from './output';

/** What one run of one command has at hand. Everything it opened is closed when it ends. */
export interface Run {
  readonly config: Config;
  readonly json: boolean;
  /** Fires on the first SIGINT or SIGTERM: finish what is under way, then end. */
  readonly signal: AbortSignal;
  /** The data folder that `--home` names. */
  home(): Promise<Home>;
  /** Another data folder, such as the training folder inside it. */
  homeAt(dir: string): Promise<Home>;
  readonly homeDir: string;
  /** The services of whoever is signed in, who must have the permission. */
  workspace(permission: Permission): Promise<Workspace>;
  workspaceOf(home: Home, permission: Permission): Promise<Workspace>;
  notice(line: string): void;
}

/** Puts one command, or a group of them, on the program. */
export type Registration = (program: Command, act: Act) => void;
/** commander gives the arguments, the command's options and the command itself, in this order. */
export type Act = <A extends unknown[]>(
  handler: (run: Run, ...args: A) => Promise<CommandResult | PrintedAlready>,
) => (...args: [...A, Command]) => Promise<void>;

interface GlobalOptions {
  readonly home?: string;
  readonly json?: boolean;
}

/**
 * Wraps a handler: opens what it asks for, prints its result or its error, closes everything, and sets the exit code
 * (0 done; 1 the work failed; 2 wrong usage; 3 not signed in or not permitted).
 */
export function createAct(config: Config, finish: (exitCode: number) => void): Act {
  return <A extends unknown[]>(handler: (run: Run, ...args: A) => Promise<CommandResult | PrintedAlready>) =>
    async (...words: [...A, Command]) => {
      const command = words.at(-1) as Command;
      const options = command.optsWithGlobals<GlobalOptions>();
      const json = options.json === true;
      const { run, close } = createRun(config, resolve(options.home ?? config.home), json);
      let exitCode: number;
      try {
        const result = await handler(run, ...(words.slice(0, -1) as A));
        if ('exitCode' in result) exitCode = result.exitCode;
        else {
          printResult(result, json);
          exitCode = result.failed === true ? 1 : 0;
        }
      } catch (error) {
        exitCode = report(error, json);
      }
      try {
        await close();
      } catch (error) {
        exitCode = Math.max(exitCode, report(error, false));
      }
      finish(exitCode);
    };
}

function createRun(config: Config, homeDir: string, json: boolean): { run: Run; close: () => Promise<void> } {
  const closer = createCloser();
  const homes = new Map<string, Promise<Home>>();
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  closer.add('signal handlers', () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  });
  const homeAt = (dir: string): Promise<Home> => {
    const open =
      homes.get(dir) ??
      openHome(config, dir).then((home) => {
        closer.add(`data folder ${dir}`, () => home.close());
        return home;
      });
    homes.set(dir, open);
    return open;
  };
  const workspaceOf = async (home: Home, permission: Permission): Promise<Workspace> => {
    const session = await signedInSession(home, closer);
    const workspace = await openWorkspace(home, session);
    closer.add('workspace', () => workspace.close());
    await workspace.require(permission);
    return workspace;
  };
  const run: Run = {
    config,
    json,
    signal: stop.signal,
    homeDir,
    home: () => homeAt(homeDir),
    homeAt,
    workspace: async (permission) => workspaceOf(await homeAt(homeDir), permission),
    workspaceOf,
    notice: printNotice,
  };
  return { run, close: () => closer.closeAll() };
}

const EXIT_CODE = { usage: 2, 'not-permitted': 3, failed: 1 } as const;

function report(error: unknown, json: boolean): number {
  if (error instanceof SwapdeskError) {
    printError(error.story, json);
    return EXIT_CODE[error.kind];
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  printError(
    {
      code: 'defect',
      what: 'Swapdesk met an error of its own',
      why: detail,
      todo: 'Please report it with this text.',
    },
    json,
  );
  return 1;
}
