import type { Registration } from './command';
import { table } from './output';

export const registerAlert: Registration = (program, act) => {
  const alert = program.command('alert').description('what stands on every desk until somebody acknowledges it');
  alert
    .command('list')
    .description('open alerts')
    .action(
      act(async (run) => {
        const { alerts } = await run.workspace('providers.read');
        const open = await alerts.list();
        return {
          json: { alerts: open },
          text:
            open.length === 0
              ? 'No alerts.'
              : table(
                  ['alert', 'provider', 'since', 'by', 'what'],
                  open.map((one) => [one.uid, one.providerName, one.raisedAt, one.raisedBy, one.message]),
                ),
        };
      }),
    );
  alert
    .command('acknowledge <uid>')
    .description('take it from every desk')
    .action(
      act(async (run, uid: string) => {
        const { alerts } = await run.workspace('changes.run');
        await alerts.acknowledge(uid);
        return { json: { acknowledged: uid }, text: 'Acknowledged.' };
      }),
    );
};
