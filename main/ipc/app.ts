import type { Desk } from './desk';
import type { HandlersOf } from './handlers';

export function appHandlers(desk: Desk): HandlersOf<'app'> {
  return {
    'app.info': async () => desk.info,
    'app.status': () => desk.status(),
    'app.showSavedFile': async ({ savedId }) => {
      await desk.files.show(savedId);
      return null;
    },
  };
}
