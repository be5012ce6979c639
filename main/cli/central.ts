import { usageError } from '../../shared/domain/fault';
import { connectCentral, initCentralOf, migrateCentralOf } from '../app/central';
import { seedTraining } from '../app/training-seed';
import { askSecret } from './ask';
import type { Registration, Run } from './command';
import { plural } from './output';

export const registerCentral: Registration = (program, act) => {
  const central = program.command('central').description('the central database that all desktops share');
  addInit(central, act);
  addConnect(central, act);
  addMigrate(central, act);
  addSeed(central, act);
};

const addInit: Registration = (central, act) => {
  central
    .command('init')
    .description('make the central database and its first administrator')
    .requiredOption('--url <url>', '"embedded", or postgres://user@host:port/database without a password')
    .action(
      act(async (run, options: { url: string }) => {
        const home = await run.home();
        const administrator = {
          name: run.config.user ?? missing('SWAPDESK_USER', 'the first administrator’s name'),
          password:
            run.config.password ?? (await askSecret('Password of the first administrator', 'SWAPDESK_PASSWORD')),
        };
        const { address, migrations } = await initCentralOf(
          home,
          options.url,
          () => centralPassword(run),
          administrator,
        );
        return {
          json: { address, administrator: administrator.name, migrations },
          text: `The central database (${address}) is ready; ${administrator.name} is its administrator.`,
        };
      }),
    );
};

const addConnect: Registration = (central, act) => {
  central
    .command('connect')
    .description('use a central database that exists')
    .requiredOption('--url <url>', 'postgres://user@host:port/database without a password')
    .action(
      act(async (run, options: { url: string }) => {
        const { address } = await connectCentral(await run.home(), options.url, () => centralPassword(run));
        return { json: { address }, text: `Connected to ${address}.` };
      }),
    );
};

const addMigrate: Registration = (central, act) => {
  central
    .command('migrate')
    .description('bring the central database up to this version')
    .action(
      act(async (run) => {
        const { address, migrations } = await migrateCentralOf(await run.home(), () => centralPassword(run));
        return {
          json: { address, migrations },
          text:
            migrations.length === 0
              ? `${address} is up to date.`
              : `${address}: applied ${plural(migrations.length, 'migration')} (${migrations.join(', ')}).`,
        };
      }),
    );
};

const addSeed: Registration = (central, act) => {
  central
    .command('seed-demo')
    .description('fill an empty central database with the training fleet and its users')
    .action(
      act(async (run) => {
        const seeded = await seedTraining(await run.home(), (line) => run.notice(line));
        return {
          json: seeded,
          text: `${plural(seeded.lines, 'line')} at ${plural(seeded.providers.length, 'service provider')}; users: ${seeded.users.join(', ')}.`,
        };
      }),
    );
};

function centralPassword(run: Run): Promise<string> {
  return run.config.centralPassword === null
    ? askSecret('Password of the central database', 'SWAPDESK_CENTRAL_PASSWORD')
    : Promise.resolve(run.config.centralPassword);
}

function missing(variable: string, meaning: string): never {
  throw usageError({
    code: 'argument-missing',
    what: `${variable} is not set`,
    why: `it is ${meaning}`,
    todo: `Set ${variable}.`,
  });
}
