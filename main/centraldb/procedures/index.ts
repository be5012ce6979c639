import audit from './audit.sql';
import callbacks from './callbacks.sql';
import changeLog from './change-log.sql';
import control from './control.sql';
import grants from './grants.sql';
import handover from './handover.sql';
import identifiers from './identifiers.sql';
import leases from './leases.sql';
import loginGuard from './login-guard.sql';
import policies from './policies.sql';
import sessions from './sessions.sql';
import signIn from './sign-in.sql';
import users from './users.sql';

/** Repeatable files in the order in which they need each other. All are applied again when one of them has changed. */
export const procedures: readonly { readonly name: string; readonly sql: string }[] = [
  { name: 'sessions', sql: sessions },
  { name: 'sign-in', sql: signIn },
  { name: 'users', sql: users },
  { name: 'change-log', sql: changeLog },
  { name: 'leases', sql: leases },
  { name: 'identifiers', sql: identifiers },
  { name: 'login-guard', sql: loginGuard },
  { name: 'control', sql: control },
  { name: 'callbacks', sql: callbacks },
  { name: 'handover', sql: handover },
  { name: 'audit', sql: audit },
  { name: 'policies', sql: policies },
  { name: 'grants', sql: grants },
];
