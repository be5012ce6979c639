import { services, type HandlersOf } from './handlers';

export function metricsHandlers(): HandlersOf<'metrics'> {
  return {
    'metrics.read': async ({ hours }, caller) => {
      const { devices, session, metrics, queue } = services(caller);
      const { byProvider } = await queue.stats();
      const providers = await devices.listProviders(session);
      return Promise.all(
        providers.map(async (provider) => {
          const { answer, callback, seen } = await metrics.measures(provider.uid);
          const counts = byProvider.find((one) => one.provider === provider.uid);
          return {
            ...{ providerUid: provider.uid, provider: provider.name, answer, callback, seen },
            history: [...(await metrics.history(provider.uid, hours))],
            queue: {
              waiting: counts?.waiting ?? 0,
              working: counts?.working ?? 0,
              dead: counts?.dead ?? 0,
            },
          };
        }),
      );
    },
  };
}
