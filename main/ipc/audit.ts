import { services, type HandlersOf } from './handlers';

export function auditHandlers(): HandlersOf<'audit'> {
  return {
    'audit.search': async ({ text, change, stream, limit, offset }, caller) => {
      const { total, entries } = await services(caller).audit.search({
        limit,
        offset,
        ...(text === '' ? {} : { text }),
        ...(change === null ? {} : { change }),
        ...(stream === null ? {} : { stream }),
      });
      return { total, entries: [...entries] };
    },
    'audit.verify': async (_input, caller) => {
      const { audit, sync } = services(caller);
      return audit.verify(await sync.centralHeads());
    },
  };
}
