import type { Desk } from './desk';
import { services, type HandlersOf } from './handlers';

export function linesHandlers(desk: Desk): HandlersOf<'lines'> {
  return {
    'lines.find': async ({ text, limit }, caller) => {
      const { devices, session } = services(caller);
      return [...(await devices.find(session, text, limit))];
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
