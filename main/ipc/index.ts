import { alertsHandlers } from './alerts';
import { appHandlers } from './app';
import { auditHandlers } from './audit';
import { changesHandlers } from './changes';
import type { Desk } from './desk';
import { draftsHandlers } from './drafts';
import type { Handlers } from './handlers';
import { importsHandlers } from './imports';
import { linesHandlers } from './lines';
import { metricsHandlers } from './metrics';
import { problemRowsHandlers } from './problem-rows';
import { queueHandlers } from './queue';
import { reportsHandlers } from './reports';
import { sessionHandlers } from './session';

export { createDoor, type Door, type NoteRefusal, type Sender } from './door';
export type { Desk, DeskFiles, SignedInDesk, TrainingUser } from './desk';

/** Every handler of the contract. */
export function createHandlers(desk: Desk): Handlers {
  return {
    ...appHandlers(desk),
    ...sessionHandlers(desk),
    ...importsHandlers(desk),
    ...draftsHandlers(desk),
    ...problemRowsHandlers(desk),
    ...changesHandlers(desk),
    ...linesHandlers(desk),
    ...queueHandlers(),
    ...metricsHandlers(),
    ...alertsHandlers(desk),
    ...auditHandlers(),
    ...reportsHandlers(desk),
  };
}
