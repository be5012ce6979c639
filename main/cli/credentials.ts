import { workFailed } from '../../shared/domain/fault';
import { parseCredentials } from '../app/credentials-input';
import { readStdin } from './ask';
import type { Registration } from './command';

export const registerCredentials: Registration = (program, act) => {
  const credentials = program.command('credentials').description('what ThingSpace asks for, kept in the OS keychain');

  credentials
    .command('set <provider>')
    .description('read {"clientId", "clientSecret", "username", "password"} from standard input and keep it')
    .action(
      act(async (run, name: string) => {
        const workspace = await run.workspace('credentials.manage');
        const provider = await workspace.devices.provider(workspace.session, name);
        const store = workspace.credentials.store();
        if (store.kind === 'memory') {
          throw workFailed({
            code: 'no-keychain',
            what: 'The credentials could not be kept',
            why: store.notice ?? 'there is no keychain',
            todo: 'Or give them for one run with SWAPDESK_CREDENTIALS=memory and SWAPDESK_CREDENTIALS_JSON.',
          });
        }
        await workspace.saveCredentials(provider, parseCredentials(await readStdin()));
        return {
          json: { provider: provider.name, saved: true },
          text: `Kept the credentials of ${provider.name} in the keychain.`,
        };
      }),
    );

  credentials
    .command('test <provider>')
    .description('log in at the carrier once, and out again')
    .action(
      act(async (run, name: string) => {
        const { session, devices, thingspace, carrierReady } = await run.workspace('credentials.manage');
        const provider = await devices.provider(session, name);
        await carrierReady();
        const result = await thingspace.test(provider);
        if (result.ok)
          return {
            json: { provider: provider.name, ok: true },
            text: `${provider.name}: ThingSpace accepts the credentials.`,
          };
        const { class: faultClass, code, message } = result.error;
        return {
          json: { provider: provider.name, ok: false, error: { class: faultClass, code, message } },
          text: `${provider.name}: ThingSpace did not accept the credentials (${code}). ${message}`,
          failed: true,
        };
      }),
    );
};
