import type { Desk } from './desk';
import { services, type HandlersOf } from './handlers';

export function linesHandlers(desk: Desk): HandlersOf<'lines'> {
  return {
    'lines.find': async ({ limit, ...filter }, caller) => {
      const { devices, session } = services(caller);
      return [...(await devices.find(session, filter, limit))];
    },
    'lines.names': async ({ providerUid }, caller) => {
      const { devices, session } = services(caller);
      const provider = await devices.provider(session, providerUid);
      return devices.names(session, provider);
    },
    'lines.drift': async ({ providerUid }, caller) => {
      const { devices, session, listCarrierLines } = services(caller);
      const provider = await devices.provider(session, providerUid);
      const { lines, drifts } = await devices.drift(session, provider, listCarrierLines(provider));
      return { lines, drifts: [...drifts] };
    },
    'lines.sync': async (_input, caller) => {
      const result = await services(caller).sync.sync();
      desk.announce('lines.mirrorChanged', { mirrorAt: result.mirrorAt });
      return result;
    },
  };
}
