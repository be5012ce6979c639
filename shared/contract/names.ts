import type { CallName, EventName } from './index';

/**
 * The contract's names by themselves: the preload bundle takes these and no schema, so that it stays small. The compiler
 * refuses a name that is not in the contract, and a test one that is missing here.
 */
export const CALL_NAMES = [
  'app.info',
  'app.status',
  'app.showSavedFile',
  'session.current',
  'session.signIn',
  'session.signOut',
  'session.trainingUsers',
  'imports.sample',
  'imports.start',
  'imports.cancel',
  'drafts.list',
  'drafts.get',
  'drafts.rows',
  'drafts.plan',
  'drafts.rename',
  'drafts.remove',
  'changes.submit',
  'changes.list',
  'changes.get',
  'changes.rows',
  'lines.find',
  'lines.sync',
  'queue.stats',
  'audit.search',
  'audit.verify',
  'reports.save',
] as const satisfies readonly CallName[];

export const EVENT_NAMES = [
  'app.statusChanged',
  'session.ended',
  'imports.progressed',
  'drafts.listChanged',
  'changes.progressed',
  'lines.mirrorChanged',
] as const satisfies readonly EventName[];
