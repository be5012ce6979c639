import { workFailed } from '../../shared/domain/fault';
import type { Desk, SignedInDesk } from './desk';
import { services, type HandlersOf } from './handlers';

export function changesHandlers(desk: Desk): HandlersOf<'changes'> {
  return {
    'changes.submit': async ({ draftId, onlyValid, acceptWarnings, planHash }, caller) => {
      const signedIn = services(caller);
      await expectPlan(signedIn, draftId, { onlyValid, acceptWarnings }, planHash);
      const result = await signedIn.changes.submit(signedIn.session, {
        draft: String(draftId),
        onlyValid,
        acceptWarnings,
      });
      desk.announce('drafts.listChanged', null);
      return result;
    },
    'changes.list': async (page, caller) => {
      const { total, changes } = await services(caller).changes.list(page);
      return { total, changes: [...changes] };
    },
    'changes.get': ({ changeId }, caller) => services(caller).changes.get(String(changeId)),
    'changes.rows': async ({ changeId, only, limit, offset }, caller) => {
      const page = { limit, offset, ...(only === null ? {} : { only }) };
      const { total, rows } = await services(caller).changes.rows(changeId, page);
      return { total, rows: [...rows] };
    },
  };
}

/** What is sent is what was shown: a draft that moved since its dry run is shown again first. */
async function expectPlan(
  { drafts, devices, session }: SignedInDesk,
  draftId: number,
  choice: { onlyValid: boolean; acceptWarnings: boolean },
  planHash: string,
): Promise<void> {
  const draft = await drafts.get(String(draftId));
  const plan = await drafts.plan(draft, await devices.provider(session, draft.providerUid), choice);
  if (plan.planHash === planHash) return;
  throw workFailed({
    code: 'plan-moved',
    what: 'The draft is no longer what was shown',
    where: draft.name,
    todo: 'Look at it again, then send it. Nothing was sent.',
  });
}
