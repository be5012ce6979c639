import { notPermitted, usageError, type SwapdeskError } from '../../../shared/domain/fault';
import {
  isAllowed,
  roleSchema,
  serviceRoleSchema,
  type AccountRole,
  type Permission,
  type Role,
} from '../../../shared/domain/permission';

/** NIST SP 800-63B: length is what counts. Twelve, since the database limits the attempts. */
const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 256;

/** @throws usage `password-too-short`, `password-too-long`, `password-is-name` */
export function checkPassword(name: string, password: string): void {
  const length = [...password].length;
  if (length < SHORTEST_PASSWORD) {
    throw usageError({
      code: 'password-too-short',
      what: 'The password is too short',
      why: `it has ${length} characters, and ${SHORTEST_PASSWORD} are needed`,
      todo: 'Choose a longer one; a few words in a row are fine.',
    });
  }
  if (length > LONGEST_PASSWORD) {
    throw usageError({ code: 'password-too-long', what: `The password is longer than ${LONGEST_PASSWORD} characters` });
  }
  if (password.toLowerCase().includes(name.trim().toLowerCase()) && length < SHORTEST_PASSWORD + name.trim().length) {
    throw usageError({
      code: 'password-is-name',
      what: 'The password is hardly more than the user name',
      todo: 'Choose another one.',
    });
  }
}

/** @throws usage `user-name-invalid` */
export function checkUserName(name: string): string {
  const trimmed = name.trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._@ -]{0,63}$/u.test(trimmed)) {
    throw usageError({
      code: 'user-name-invalid',
      what: 'This is no user name',
      where: trimmed.slice(0, 64),
      todo: 'Use letters, digits, dots, dashes, underscores and @, 64 at most, beginning with a letter or digit.',
    });
  }
  return trimmed;
}

/** @throws not-permitted `not-permitted`, naming the permission and the roles that have it */
export function demand(role: AccountRole, permission: Permission): void {
  if (isAllowed(role, permission)) return;
  const able = roleSchema.options.filter((other) => isAllowed(other, permission));
  throw notPermitted({
    code: 'not-permitted',
    what: `Your role, ${role}, does not permit this`,
    where: permission,
    why: `it takes the role ${able.join(' or ')}`,
    todo: 'Ask an administrator, or let somebody do it who may.',
  });
}

/** @throws not-permitted `service-account`: the window is for people */
export function demandPerson(session: { readonly userName: string; readonly role: AccountRole }): Role {
  const person = roleSchema.safeParse(session.role);
  if (person.success) return person.data;
  throw notPermitted({
    code: 'service-account',
    what: `${session.userName} is the account of a service and can't be used in the window`,
    where: session.role,
    todo: `Sign in with the account of a person. ${serviceRoleSchema.options.join(', ')}: for servers only.`,
  });
}

/** One answer for a wrong name, a wrong password and a disabled user: it must not tell which. */
export function signInRefused(): SwapdeskError {
  return notPermitted({
    code: 'sign-in-refused',
    what: 'The sign-in was refused',
    why: 'the user name or the password is wrong, or the user has been disabled',
    todo: 'Check both and try again.',
  });
}

export function tooManyAttempts(waitSeconds: number): SwapdeskError {
  return notPermitted({
    code: 'sign-in-refused',
    what: 'The sign-in was refused',
    why: 'too many attempts with this user name have failed',
    todo: `Wait ${Math.max(1, waitSeconds)} seconds, then try again.`,
  });
}

/** What `user_add` and `user_disable` answer when they did nothing. */
export interface UserProblem {
  readonly problem: string;
  readonly names?: readonly string[];
  readonly known?: readonly string[] | null;
}

export function toUserError({ problem, names = [], known }: UserProblem, userName: string): SwapdeskError {
  const list = known === null || known === undefined || known.length === 0 ? 'none' : known.join(', ');
  switch (problem) {
    case 'provider-unknown':
      return usageError({
        code: problem,
        what: 'There is no such service provider',
        where: names.join(', '),
        todo: `Known: ${list}.`,
      });
    case 'customer-unknown':
      return usageError({
        code: problem,
        what: 'There is no such customer',
        where: names.join(', '),
        todo: `Known: ${list}.`,
      });
    case 'user-exists':
      return usageError({
        code: problem,
        what: 'There is a user of this name already',
        where: userName,
        todo: 'Choose another name.',
      });
    case 'user-unknown':
      return usageError({
        code: problem,
        what: 'There is no such user',
        where: userName,
        todo: 'See `swapdesk user list`.',
      });
    case 'last-administrator':
      return usageError({
        code: problem,
        what: 'The last administrator cannot be disabled',
        where: userName,
        todo: 'Add another administrator first.',
      });
    case 'scope-too-wide':
      return notPermitted({
        code: problem,
        what: 'You cannot give more than you see yourself',
        where: userName,
        todo: 'Name the service providers and customers that the user may see.',
      });
    default:
      return usageError({ code: problem, what: 'The user could not be stored', where: userName });
  }
}
