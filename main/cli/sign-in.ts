import { workFailed } from '../../shared/domain/fault';
import { keepSession, dropSession, keptSession } from '../app/sign-in';
import { askSecret } from './ask';
import type { Registration } from './command';

export const registerSignIn: Registration = (program, act) => {
  program
    .command('sign-in')
    .description('sign in and keep the session in the keychain')
    .option('--user <name>', 'user name (default: SWAPDESK_USER)')
    .action(
      act(async (run, options: { user?: string }) => {
        const home = await run.home();
        const name = options.user ?? run.config.user ?? (await askSecret('User name', 'SWAPDESK_USER or --user'));
        const password = run.config.password ?? (await askSecret(`Password of ${name}`, 'SWAPDESK_PASSWORD'));
        const identity = await home.identity();
        const session = await identity.signIn(name, password);
        // With both variables set every command signs in for itself: this one only tests.
        const onlyTest = run.config.user !== null && run.config.password !== null;
        const store = await home.secrets();
        if (onlyTest || store.kind === 'memory') await identity.signOut(session);
        else await keepSession(home, session);
        if (!onlyTest && store.kind === 'memory') {
          throw workFailed({
            code: 'no-keychain',
            what: 'The session could not be kept',
            why: store.notice ?? 'there is no keychain',
            todo: 'Or set SWAPDESK_USER and SWAPDESK_PASSWORD: then every command signs in for its own duration.',
          });
        }
        const kept = onlyTest ? 'The name and the password are right.' : 'The session is kept in the keychain.';
        return {
          json: { user: session.userName, role: session.role, kept: !onlyTest },
          text: `Signed in as ${session.userName} (${session.role}). ${kept}`,
        };
      }),
    );

  program
    .command('sign-out')
    .description('end the kept session')
    .action(
      act(async (run) => {
        const home = await run.home();
        const session = await keptSession(home);
        if (session !== null) await (await home.identity()).signOut(session);
        await dropSession(home);
        return {
          json: { signedOut: session !== null },
          text: session === null ? 'Nobody was signed in.' : `Signed out ${session.userName}.`,
        };
      }),
    );
};
