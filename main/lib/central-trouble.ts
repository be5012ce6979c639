import { SwapdeskError } from '../../shared/domain/fault';

/** Refusals of the central database that concern everything, not one row or one moment. */
const CONCERNS_EVERYTHING: ReadonlySet<string> = new Set([
  'central-unreachable',
  'central-read-only',
  'central-refused',
  'central-not-initialised',
  'session-ended',
  'not-permitted',
]);

/** While this lasts nothing can be enrolled, leased or updated. */
export function isCentralTrouble(error: unknown): boolean {
  return error instanceof SwapdeskError && CONCERNS_EVERYTHING.has(error.code);
}

/** An absent database may come back by itself; a refusal needs a person. */
export function mayPassByItself(error: SwapdeskError): boolean {
  return error.code === 'central-unreachable' || error.code === 'central-read-only';
}
