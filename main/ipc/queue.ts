import { services, type HandlersOf } from './handlers';

export function queueHandlers(): HandlersOf<'queue'> {
  return {
    'queue.stats': async (_input, caller) => {
      const stats = await services(caller).queue.stats();
      return { ...stats, byProvider: [...stats.byProvider] };
    },
  };
}
