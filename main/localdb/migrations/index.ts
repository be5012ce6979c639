import type { Migration } from '../migrate';
import { mirror } from './0010-mirror';
import { outboxAndSettings } from './0070-outbox-and-settings';

/** Every step of the local schema, in number order. */
export const localMigrations: readonly Migration[] = [mirror, outboxAndSettings];
