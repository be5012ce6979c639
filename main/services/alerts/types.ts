import type { Alert } from '../../../shared/domain/alert';

export interface NewAlert {
  readonly providerUid: string;
  readonly code: Alert['code'];
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
