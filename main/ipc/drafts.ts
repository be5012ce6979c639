import { PAGE_LIMIT } from '../../shared/contract/drafts';
import type { Draft } from '../../shared/contract/drafts';
import type { Draft as StoredDraft } from '../services/drafts';
import type { Desk } from './desk';
import { services, type HandlersOf } from './handlers';

export function draftsHandlers(desk: Desk): HandlersOf<'drafts'> {
  return {
    'drafts.list': async (_input, caller) => (await services(caller).drafts.list()).map(shown),
    'drafts.get': async ({ draftId }, caller) => shown(await services(caller).drafts.get(String(draftId))),
    'drafts.rows': async ({ draftId, only, limit, offset, text }, caller) => {
      const page = { limit, offset, ...(only === null ? {} : { only }), ...(text === '' ? {} : { text }) };
      const { total, rows } = await services(caller).drafts.rows(draftId, page);
      return { total, rows: rows.map((row) => ({ ...row, findings: [...row.findings] })) };
    },
    'drafts.plan': async ({ draftId, onlyValid, acceptWarnings }, caller) => {
      const { drafts, devices, session } = services(caller);
      const draft = await drafts.get(String(draftId));
      const provider = await devices.provider(session, draft.providerUid);
      const plan = await drafts.plan(draft, provider, { onlyValid, acceptWarnings });
      return { ...plan, requests: plan.requests.slice(0, PAGE_LIMIT) };
    },
    'drafts.rename': async ({ draftId, name }, caller) => {
      await services(caller).drafts.rename(draftId, name);
      desk.announce('drafts.listChanged', null);
      return null;
    },
    'drafts.remove': async ({ draftId }, caller) => {
      await services(caller).drafts.delete(draftId);
      desk.announce('drafts.listChanged', null);
      return null;
    },
  };
}

function shown(draft: StoredDraft): Draft {
  return { ...draft, findings: { ...draft.findings } };
}
