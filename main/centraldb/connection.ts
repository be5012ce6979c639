import { usageError } from '../../shared/domain/fault';

/** How to reach a PostgreSQL database. The password is held in memory only; it is in no address, log or error. */
export interface CentralConnection {
  /** Host name, address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** `verify`: TLS with a verified certificate. `require`: TLS, unverified. `off`: none. */
  readonly tls: 'verify' | 'require' | 'off';
}

/** The database that the embedded server holds, and the default of a URL without one. */
export const DATABASE_NAME = 'swapdesk';

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|\[::1\])$/i;

/**
 * Reads `postgres://user@host:port/database?sslmode=…`. Without `sslmode`, a loopback address goes without TLS and every
 * other one with a verified certificate.
 * @throws usage `central-url-invalid`, `password-in-url`
 */
export function parseCentralUrl(url: string): Omit<CentralConnection, 'password'> {
  const parsed = URL.parse(url);
  if (parsed === null || !/^postgres(ql)?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw usageError({
      code: 'central-url-invalid',
      what: 'This is no address of a central database',
      where: '--url',
      todo: 'Write `embedded`, or `postgres://USER@HOST:PORT/DATABASE`.',
    });
  }
  if (parsed.password !== '') {
    throw usageError({
      code: 'password-in-url',
      what: 'The address holds a password',
      where: '--url',
      why: 'an address is kept, shown and seen in the list of processes',
      todo: 'Take it out of the address, and give it in SWAPDESK_CENTRAL_PASSWORD or when asked.',
    });
  }
  if (parsed.username === '') {
    throw usageError({
      code: 'central-url-invalid',
      what: 'The address names no database user',
      where: '--url',
      todo: 'Write `postgres://USER@HOST:PORT/DATABASE`.',
    });
  }
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 5432 : Number(parsed.port),
    database: decodeURIComponent(parsed.pathname.slice(1)) || DATABASE_NAME,
    user: decodeURIComponent(parsed.username),
    tls: tlsOf(parsed.searchParams.get('sslmode'), parsed.hostname),
  };
}

function tlsOf(sslMode: string | null, host: string): CentralConnection['tls'] {
  switch (sslMode) {
    case null:
      return LOOPBACK.test(host) ? 'off' : 'verify';
    case 'disable':
      return 'off';
    case 'require':
      return 'require';
    case 'verify-ca':
    case 'verify-full':
      return 'verify';
    default:
      throw usageError({
        code: 'central-url-invalid',
        what: 'The address asks for an unknown kind of encryption',
        where: `sslmode=${sslMode}`,
        todo: 'Use sslmode=verify-full, require or disable.',
      });
  }
}

/** The address as people may see it: no user, no password. */
export function addressOf(connection: Pick<CentralConnection, 'host' | 'port' | 'database'>): string {
  if (connection.host.startsWith('/')) return `the socket in ${connection.host}`;
  const host = connection.host.includes(':') ? `[${connection.host}]` : connection.host;
  return `postgres://${host}:${connection.port}/${connection.database}`;
}

/** What the `pg` driver is given. */
export function driverSettings(connection: CentralConnection): Record<string, unknown> {
  return {
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    password: connection.password,
    ssl: connection.tls === 'off' ? false : { rejectUnauthorized: connection.tls === 'verify' },
    application_name: 'swapdesk',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}
