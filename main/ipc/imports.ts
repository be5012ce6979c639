import type { InputOf } from '../../shared/contract/index';
import { usageError } from '../../shared/domain/fault';
import type { ImportRequest, PreviewRequest } from '../services/imports';
import type { Desk } from './desk';
import { services, type HandlersOf } from './handlers';

export function importsHandlers(desk: Desk): HandlersOf<'imports'> {
  const running = new Map<string, AbortController>();
  const question = (input: InputOf<'imports.preview'>): PreviewRequest => ({
    file: desk.files.pathOf(input.sourceId),
    sourceName: desk.files.nameOf(input.sourceId),
    providerUid: input.providerUid,
    changeType: input.changeType,
    look: input.look,
    map: input.map,
  });
  return {
    'imports.sample': ({ which }) => desk.files.sample(which),
    'imports.paste': ({ text }) => desk.files.paste(text),
    'imports.preview': async (input, caller) => {
      const { imports, devices, session } = services(caller);
      await devices.provider(session, input.providerUid);
      return imports.preview(question(input));
    },
    'imports.start': async (input, caller) => {
      const { imports, devices, session } = services(caller);
      const { sourceId, continueDraftId } = input;
      if (running.has(sourceId)) {
        throw usageError({ code: 'import-running', what: 'This file is being imported already' });
      }
      const abort = new AbortController();
      running.set(sourceId, abort);
      try {
        await devices.provider(session, input.providerUid);
        const summary = await imports.importFile(
          { ...question(input), ...defaultsOf(input), continueDraftId, createdBy: session.userName },
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
    'imports.template': async ({ changeType, format }, caller) => {
      const place = await desk.files.choosePlace(`swapdesk-template-${changeType}.${format}`);
      if (place === null) return null;
      const { file, rows, sha256 } = await services(caller).imports.writeTemplate(changeType, format, place);
      return { savedId: desk.files.saved(file), place: file, rows, sha256 };
    },
    'imports.cancel': async ({ sourceId }) => {
      running.get(sourceId)?.abort();
      return null;
    },
  };
}

function defaultsOf({
  defaults: { customer, ratePlan, ratePool, effectiveDate },
}: InputOf<'imports.start'>): Pick<ImportRequest, 'customer' | 'ratePlan' | 'ratePool' | 'effectiveDate'> {
  return {
    ...(customer === null ? {} : { customer }),
    ...(ratePlan === null ? {} : { ratePlan }),
    ...(ratePool === null ? {} : { ratePool }),
    ...(effectiveDate === null ? {} : { effectiveDate }),
  };
}
