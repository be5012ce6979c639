import pg from 'pg';
import type { CentralConnection } from './connection';

/** Owns every table and function. Nobody logs in as it. */
export const OWNER_ROLE = 'swapdesk_owner';
/** What desktops work as: row-level security binds it, and it reaches the tables of users and sessions by functions only. */
export const DESKTOP_ROLE = 'swapdesk_desktop';
/** What a callback receiver works as: it can add callbacks, and read of a provider what it takes to know whose they are. */
export const RECEIVER_ROLE = 'swapdesk_receiver';

/** In the key space of advisory locks. Roles belong to the server, not to one database. */
const ROLES_LOCK = 7_926_335_345;

/** Makes the roles that are missing and gives them this database. Safe to repeat. */
export async function ensureRoles(client: pg.Client, connection: CentralConnection): Promise<void> {
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [ROLES_LOCK]);
  for (const role of [OWNER_ROLE, DESKTOP_ROLE, RECEIVER_ROLE]) {
    const exists = await client.query('select from pg_roles where rolname = $1', [role]);
    // Neither superuser nor BYPASSRLS: those are the defaults, and only a superuser may write them out.
    if (exists.rowCount === 0) await client.query(`create role ${role} nologin nocreatedb nocreaterole`);
    if (!(await canBecome(client, role))) await client.query(`grant ${role} to current_user`);
  }
  const database = pg.escapeIdentifier(connection.database);
  await client.query(`grant create, connect, temporary on database ${database} to ${OWNER_ROLE}`);
  await client.query(`grant connect on database ${database} to ${DESKTOP_ROLE}, ${RECEIVER_ROLE}`);
  await client.query(`grant usage, create on schema public to ${OWNER_ROLE}`);
  await client.query(`grant usage on schema public to ${DESKTOP_ROLE}, ${RECEIVER_ROLE}`);
  await client.query('commit');
}

/** Membership alone does not tell: since PostgreSQL 16 who creates a role is a member of it that may not become it. */
async function canBecome(client: pg.Client, role: string): Promise<boolean> {
  await client.query('savepoint try_role');
  try {
    await client.query(`set local role ${role}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.query('rollback to savepoint try_role');
  }
}

/**
 * Takes up the role of whatever login was given: a desktop's, or a receiver's that can do nothing else. Whoever may
 * become both, such as the server's administrator, works as a desktop.
 */
export const TAKE_ROLE = `select set_config('role', coalesce((
    select rolname from pg_roles
    where rolname in ('${DESKTOP_ROLE}', '${RECEIVER_ROLE}') and pg_has_role(session_user, oid, 'MEMBER')
    order by rolname <> '${DESKTOP_ROLE}' limit 1), '${DESKTOP_ROLE}'), false)`;
