import { notPermitted, SwapdeskError, workFailed } from '../../shared/domain/fault';

/** Codes of Node and PostgreSQL (Appendix A of its manual) that mean: no answer from the server, try again later. */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'ENOENT',
  // too_many_connections, admin_shutdown, crash_shutdown, cannot_connect_now, idle_in_transaction_session_timeout
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '25P03',
]);
const AWAY_TEXT =
  /connection terminated|connection ended|timeout expired|query read timeout|not queryable|socket hang up/i;
const TLS_CODE = /^(ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_)/;

/**
 * Turns what the driver throws into what a person can act on. Anything that is not about the connection, the session or
 * a permission comes back unchanged.
 * @param address shown in the message; without user and password
 */
export function toCentralError(error: unknown, address: string): unknown {
  if (error instanceof SwapdeskError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (first !== undefined && code === '') return toCentralError(first, address);
  if (error.name === 'KnexTimeoutError' || AWAY.has(code) || code.startsWith('08') || AWAY_TEXT.test(error.message)) {
    return unreachable(address, code === '' ? 'it does not answer' : `it does not answer (${code})`);
  }
  if (TLS_CODE.test(code) || /does not support SSL/.test(error.message)) {
    return unreachable(address, `the connection could not be secured: ${error.message}`);
  }
  return toRefusal(error, code, address) ?? error;
}

export function unreachable(address: string, why: string): SwapdeskError {
  return workFailed({
    code: 'central-unreachable',
    what: 'The central database cannot be reached',
    where: address,
    why,
    todo: 'Check the network and that the server runs, then try again. Work that needs no central database goes on.',
  });
}

export function sessionEnded(): SwapdeskError {
  return notPermitted({
    code: 'session-ended',
    what: 'You are not signed in any more',
    why: 'the session has ended, or the user has been disabled',
    todo: 'Sign in again.',
  });
}

function toRefusal(error: Error, code: string, address: string): SwapdeskError | null {
  switch (code) {
    case 'SW401':
      return sessionEnded();
    case 'SW403':
    case '42501':
      return notPermitted({
        code: 'not-permitted',
        what: 'You are not permitted to do this',
        // knex writes the statement before the server's own message.
        where: fieldOf(error, 'detail') ?? error.message.split(' - ').at(-1) ?? '',
        todo: 'Ask an administrator, or let somebody do it who may.',
      });
    case 'SW409':
      return workFailed({
        code: fieldOf(error, 'hint') ?? 'central-conflict',
        what: 'The central database refused this',
        where: fieldOf(error, 'detail') ?? address,
      });
    case '28P01':
    case '28000':
      return workFailed({
        code: 'central-refused',
        what: 'The central database refused the database user or its password',
        where: address,
        todo: 'Check SWAPDESK_CENTRAL_PASSWORD and the user in the address.',
      });
    // read_only_sql_transaction, disk_full
    case '25006':
      return takesNoWrites(address, 'it is read-only now: a standby, or set so for maintenance');
    case '53100':
      return takesNoWrites(address, 'its disk is full');
    case '3D000':
      return notInitialised(address, 'there is no such database');
    case '42P01':
    case '42883':
    case '3F000':
    case '22023':
      return /swapdesk|access\.|relation|schema/.test(error.message) ? notInitialised(address, error.message) : null;
    default:
      return null;
  }
}

function fieldOf(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
}

function takesNoWrites(address: string, why: string): SwapdeskError {
  return workFailed({
    code: 'central-read-only',
    what: 'The central database takes no writes',
    where: address,
    why,
    todo: 'Ask whoever runs it. Nothing is lost: what waits goes on by itself when it takes writes again.',
  });
}

function notInitialised(address: string, why: string): SwapdeskError {
  return workFailed({
    code: 'central-not-initialised',
    what: 'The central database has not been set up for Swapdesk',
    where: address,
    why,
    todo: 'Run `swapdesk central init` or `swapdesk central migrate`.',
  });
}
