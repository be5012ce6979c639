import type { Desk } from './desk';
import { services, type HandlersOf } from './handlers';

export function problemRowsHandlers(desk: Desk): Pick<HandlersOf<'drafts'>, 'drafts.exportProblems'> {
  return {
    'drafts.exportProblems': async ({ draftId, verdicts, format }, caller) => {
      const { drafts, problemRows } = services(caller);
      const draft = await drafts.get(String(draftId));
      const place = await desk.files.choosePlace(`swapdesk-draft-${draft.id}-problems.${format}`);
      if (place === null) return null;
      const { file, rows, sha256 } = await problemRows.write(draft, verdicts, format, place);
      return { savedId: desk.files.saved(file), place: file, rows, sha256 };
    },
  };
}
