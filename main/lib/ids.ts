import { v7 } from 'uuid';
import { randomBytes } from 'node:crypto';

/** Ids and chance come through this door, so that tests can fix them. */
export interface Ids {
  /** UUIDv7: unique everywhere, ordered by the time it was made. */
  uid(): string;
  /** An unguessable token, base64url, 256 bits. */
  token(): string;
  /** A number in [0, 1). */
  chance(): number;
}

export const systemIds: Ids = {
  uid: () => v7(),
  token: () => randomBytes(32).toString('base64url'),
  chance: () => Math.random(),
};
