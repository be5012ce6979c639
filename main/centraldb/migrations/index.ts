import tenants from './0001-tenants.sql';
import users from './0002-users.sql';
import changes from './0003-changes.sql';
import changeLog from './0004-change-log.sql';
import logging from './0005-logging.sql';
import control from './0010-control.sql';
import sharedDrafts from './0011-shared-drafts.sql';
import retiredLines from './0020-retired-lines.sql';
import appliedLines from './0030-applied-lines.sql';
import callbackFeed from './0050-callback-feed.sql';

export interface CentralMigration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** Desktops that do not know this migration can't work with the database any more. */
  readonly breaking: boolean;
}

/** In number order. A migration that has been released is never touched again; a mistake is mended by the next one. */
export const centralMigrations: readonly CentralMigration[] = [
  { number: 1, name: 'tenants', sql: tenants, breaking: true },
  { number: 2, name: 'users', sql: users, breaking: true },
  { number: 3, name: 'changes', sql: changes, breaking: true },
  { number: 4, name: 'change-log', sql: changeLog, breaking: true },
  { number: 5, name: 'logging', sql: logging, breaking: true },
  { number: 10, name: 'control', sql: control, breaking: true },
  { number: 11, name: 'shared-drafts', sql: sharedDrafts, breaking: false },
  { number: 20, name: 'retired-lines', sql: retiredLines, breaking: false },
  { number: 30, name: 'applied-lines', sql: appliedLines, breaking: false },
  { number: 50, name: 'callback-feed', sql: callbackFeed, breaking: false },
];

/** The newest migration that this program knows. */
export const LATEST_MIGRATION = centralMigrations.reduce((highest, each) => Math.max(highest, each.number), 0);
