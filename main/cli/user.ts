import { accountRoleSchema } from '../../shared/domain/permission';
import { oneOf } from './arguments';
import { askSecret } from './ask';
import type { Registration } from './command';
import { table } from './output';

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const registerUser: Registration = (program, act) => {
  const user = program.command('user').description('who may work here');

  user
    .command('add <name>')
    .description('add a user (password: SWAPDESK_NEW_PASSWORD, or asked for)')
    .requiredOption('--role <role>', accountRoleSchema.options.join(' | '))
    .option('--provider <name>', 'sees only this service provider (repeatable)', collect, [])
    .option('--customer <name>', 'sees only this customer (repeatable)', collect, [])
    .action(
      act(async (run, name: string, options: { role: string; provider: string[]; customer: string[] }) => {
        const role = oneOf('--role', options.role, accountRoleSchema.options);
        const { session, identity } = await run.workspace('users.manage');
        const password = run.config.newPassword ?? (await askSecret(`Password of ${name}`, 'SWAPDESK_NEW_PASSWORD'));
        const added = await identity.addUser(session, {
          name,
          role,
          providers: options.provider,
          customers: options.customer,
          password,
        });
        return { json: added, text: `Added ${added.name} (${added.role}).` };
      }),
    );

  user
    .command('list')
    .description('every user with role and scope')
    .action(
      act(async (run) => {
        const { session, identity } = await run.workspace('users.manage');
        const users = await identity.listUsers(session);
        return {
          json: { users },
          text: table(
            ['name', 'role', 'providers', 'customers', 'state', 'last sign-in'],
            users.map((one) => [
              one.name,
              one.role,
              one.providers.join(', ') || 'all',
              one.customers.join(', ') || 'all',
              one.disabled ? 'disabled' : 'active',
              one.lastSignInAt ?? 'never',
            ]),
          ),
        };
      }),
    );

  user
    .command('disable <name>')
    .description('end a user’s sessions and refuse new ones')
    .action(
      act(async (run, name: string) => {
        const { session, identity } = await run.workspace('users.manage');
        await identity.disableUser(session, name);
        return { json: { name, disabled: true }, text: `${name} can't sign in any more.` };
      }),
    );
};
