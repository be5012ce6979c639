import type { Migration } from '../migrate';
import { mirror } from './0010-mirror';
import { changes } from './0030-changes';
import { jobs } from './0040-jobs';
import { outboxAndSettings } from './0070-outbox-and-settings';

/** Every step of the local schema, in number order. */
export const localMigrations: readonly Migration[] = [mirror, changes, jobs, outboxAndSettings];
