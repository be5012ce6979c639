import type { Desk } from './desk';
import { services, type HandlersOf } from './handlers';

export function reportsHandlers(desk: Desk): HandlersOf<'reports'> {
  return {
    'reports.save': async ({ changeId, format }, caller) => {
      const { changes, reports } = services(caller);
      const change = await changes.get(String(changeId));
      const place = await desk.files.choosePlace(`swapdesk-change-${change.id}.${format}`);
      if (place === null) return null;
      const { file, rows, sha256 } = await reports.write(change.uid, format, place);
      return { savedId: desk.files.saved(file), place: file, rows, sha256 };
    },
  };
}
