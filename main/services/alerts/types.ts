/** What stands on every desk that may see its provider until somebody acknowledges it. */
export interface Alert {
  readonly uid: string;
  /** Null: concerns everybody. */
  readonly providerUid: string | null;
  readonly providerName: string | null;
  readonly code: AlertCode;
  readonly message: string;
  readonly raisedBy: string;
  readonly raisedAt: string;
}

export type AlertCode = 'provider-stopped' | 'nobody-works' | 'failure-budget' | 'callbacks-late';

export interface NewAlert {
  readonly providerUid: string;
  readonly code: AlertCode;
  /** What exactly it is about: the same alert about the same thing stands once. */
  readonly about: string;
  readonly message: string;
}

export interface AlertsService {
  /** Open ones that the user may see, newest first. While the central database is away, those that were last seen. */
  list(): Promise<readonly Alert[]>;
  /** @throws failed `central-unreachable` */
  raise(alert: NewAlert): Promise<void>;
  /** @throws usage `alert-unknown`; failed `central-unreachable` */
  acknowledge(uid: string): Promise<void>;
}
