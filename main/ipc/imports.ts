import { usageError } from '../../shared/domain/fault';
import type { Desk } from './desk';
import { services, type HandlersOf } from './handlers';

export function importsHandlers(desk: Desk): HandlersOf<'imports'> {
  const running = new Map<string, AbortController>();
  return {
    'imports.sample': ({ which }) => desk.files.sample(which),
    'imports.start': async ({ sourceId, providerUid, changeType, map }, caller) => {
      const { imports, session } = services(caller);
      if (running.has(sourceId)) {
        throw usageError({ code: 'import-running', what: 'This file is being imported already' });
      }
      const abort = new AbortController();
      running.set(sourceId, abort);
      try {
        const summary = await imports.importFile(
          {
            file: desk.files.pathOf(sourceId),
            sourceName: desk.files.nameOf(sourceId),
            providerUid,
            changeType,
            map,
            createdBy: session.userName,
          },
          {
            signal: abort.signal,
            onProgress: ({ bytesRead, bytesTotal, rows }) =>
              desk.announce('imports.progressed', { sourceId, bytesRead, bytesTotal, rows }),
          },
        );
        desk.announce('drafts.listChanged', null);
        return { ...summary, findings: { ...summary.findings } };
      } finally {
        running.delete(sourceId);
      }
    },
    'imports.cancel': async ({ sourceId }) => {
      running.get(sourceId)?.abort();
      return null;
    },
  };
}
