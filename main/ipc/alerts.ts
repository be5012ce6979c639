import type { Desk } from './desk';
import { services, type HandlersOf } from './handlers';

export function alertsHandlers(desk: Desk): HandlersOf<'alerts'> {
  return {
    'alerts.list': async (_input, caller) => [...(await services(caller).alerts.list())],
    'alerts.acknowledge': async ({ uid }, caller) => {
      await services(caller).alerts.acknowledge(uid);
      desk.announce('alerts.changed', null);
      return null;
    },
  };
}
