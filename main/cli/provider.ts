import type { Provider, ProviderInput } from '../services/devices';
import { oneOf, wholeNumber } from './arguments';
import type { Registration } from './command';
import { table } from './output';

interface ProviderOptions {
  readonly account?: string;
  readonly baseUrl?: string;
  readonly serviceType?: string;
  readonly portal?: string;
  readonly rate?: string;
  readonly concurrency?: string;
  readonly callbackUrl?: string;
}

export const registerProvider: Registration = (program, act) => {
  const provider = program
    .command('provider')
    .description('service providers: tenants with one ThingSpace account each');
  addAdd(provider, act);
  addSet(provider, act);
  addList(provider, act);
  addRegisterCallback(provider, act);
  addUnlock(provider, act);
};

const addAdd: Registration = (provider, act) => {
  provider
    .command('add')
    .description('add a service provider')
    .requiredOption('--name <name>', 'name shown everywhere')
    .requiredOption('--account <account>', 'ThingSpace account, e.g. 0000123456-00001')
    .requiredOption('--base-url <url>', 'origin of the carrier’s server, e.g. https://thingspace.verizon.com')
    .option('--service-type <type>', 'as it stands in the path of the swap', '4g')
    .option('--portal <portal>', 'm2m | mobility', 'm2m')
    .option('--rate <n>', 'swaps a minute over all desktops; "none" for no limit')
    .option('--concurrency <n>', 'swaps at once')
    .option('--callback-url <url>', 'where the carrier sends callbacks')
    .action(
      act(async (run, options: ProviderOptions & { name: string; account: string; baseUrl: string }) => {
        const { session, devices } = await run.workspace('providers.manage');
        const { name, account, baseUrl } = options;
        const added = await devices.addProvider(session, { ...changesOf(options), name, account, baseUrl });
        return { json: added, text: `Added ${added.name} (account ${added.account}).` };
      }),
    );
};

const addSet: Registration = (provider, act) => {
  provider
    .command('set <name>')
    .description('change a service provider')
    .option('--account <account>')
    .option('--base-url <url>')
    .option('--service-type <type>')
    .option('--portal <portal>', 'm2m | mobility')
    .option('--rate <n>', 'swaps a minute; "none" for no limit')
    .option('--concurrency <n>', 'swaps at once')
    .option('--callback-url <url>', '"none" to take it away')
    .action(
      act(async (run, name: string, options: ProviderOptions) => {
        const { session, devices } = await run.workspace('providers.manage');
        const changed = await devices.setProvider(session, name, changesOf(options));
        return { json: changed, text: `${changed.name} is changed.\n${describe([changed])}` };
      }),
    );
};

const addList: Registration = (provider, act) => {
  provider
    .command('list')
    .description('every service provider that you may see')
    .action(
      act(async (run) => {
        const { session, devices } = await run.workspace('providers.read');
        const providers = await devices.listProviders(session);
        return { json: { providers }, text: describe(providers) };
      }),
    );
};

const addRegisterCallback: Registration = (provider, act) => {
  provider
    .command('register-callback <name>')
    .description('tell the carrier to send callbacks to the provider’s callback URL')
    .action(
      act(async (run, name: string) => {
        const { session, devices, carrierReady, registerCallback } = await run.workspace('providers.manage');
        const found = await devices.provider(session, name);
        await carrierReady();
        const { url } = await registerCallback(found);
        return {
          json: { name: found.name, url, registered: true },
          text: `The carrier sends callbacks of ${found.name} to ${url}.`,
        };
      }),
    );
};

const addUnlock: Registration = (provider, act) => {
  provider
    .command('unlock <name>')
    .description('reset the login guard after refused logins, once the credentials are right')
    .action(
      act(async (run, name: string) => {
        const { session, devices, unlock } = await run.workspace('providers.manage');
        const found = await devices.provider(session, name);
        await unlock(found);
        return { json: { name: found.name, unlocked: true }, text: `${found.name} may log in at the carrier again.` };
      }),
    );
};

function describe(providers: readonly Provider[]): string {
  return table(
    ['name', 'account', 'server', 'type', 'portal', 'a minute', 'at once', 'callback'],
    providers.map((one) => [
      one.name,
      one.account,
      one.baseUrl,
      one.serviceType,
      one.portal,
      one.ratePerMinute === null ? 'no limit' : String(one.ratePerMinute),
      one.concurrency,
      one.callbackUrl ?? 'none: lines are read back',
    ]),
  );
}

function changesOf(options: ProviderOptions): Partial<ProviderInput> {
  return {
    ...(options.account === undefined ? {} : { account: options.account }),
    ...(options.baseUrl === undefined ? {} : { baseUrl: options.baseUrl }),
    ...(options.serviceType === undefined ? {} : { serviceType: options.serviceType }),
    ...(options.portal === undefined ? {} : { portal: oneOf('--portal', options.portal, ['m2m', 'mobility']) }),
    ...(options.rate === undefined
      ? {}
      : { ratePerMinute: options.rate === 'none' ? null : wholeNumber('--rate', options.rate) }),
    ...(options.concurrency === undefined ? {} : { concurrency: wholeNumber('--concurrency', options.concurrency) }),
    ...(options.callbackUrl === undefined
      ? {}
      : { callbackUrl: options.callbackUrl === 'none' ? null : options.callbackUrl }),
  };
}
