import type { AccountRole, Permission } from '../../../shared/domain/permission';

/** Whoever works here now. `token` is the central session's: it never leaves main. */
export interface Session {
  readonly token: string;
  readonly userUid: string;
  readonly userName: string;
  readonly role: AccountRole;
  /** Uids of the service providers that the user may see; null: all. */
  readonly providerUids: readonly string[] | null;
  /** Uids of the customers that the user may see; null: all of these providers. */
  readonly customerUids: readonly string[] | null;
  readonly expiresAt: number;
}

export interface UserAccount {
  readonly uid: string;
  readonly name: string;
  readonly role: AccountRole;
  readonly providers: readonly string[];
  readonly customers: readonly string[];
  readonly disabled: boolean;
  readonly lastSignInAt: string | null;
}

export interface IdentityService {
  /** @throws not-permitted `sign-in-refused` (wrong name or password, disabled, or too many attempts) */
  signIn(name: string, password: string): Promise<Session>;
  /** The session behind a kept token, renewed; null when it has ended. */
  resume(token: string): Promise<Session | null>;
  signOut(session: Session): Promise<void>;
  addUser(
    session: Session,
    user: {
      name: string;
      role: AccountRole;
      providers: readonly string[];
      customers: readonly string[];
      password: string;
    },
  ): Promise<UserAccount>;
  listUsers(session: Session): Promise<readonly UserAccount[]>;
  disableUser(session: Session, name: string): Promise<void>;
  /** @throws not-permitted `not-permitted`, naming the permission and the roles that have it */
  require(session: Session, permission: Permission): void;
}
