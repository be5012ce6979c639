import type { CentralDb } from '../../centraldb';
import type { Json } from '../../lib/redact';
import type { LocalDb } from '../../localdb/types';
import type { AuditService } from '../audit';
import type { IdentityService, Session } from '../identity';
import type { InTransaction } from './load';
import type { Provider } from './types';

export interface DevicesDeps {
  readonly local: LocalDb;
  /** Asked for when it is needed; throws failed `central-unreachable`. */
  readonly central: () => Promise<CentralDb>;
  readonly identity: Pick<IdentityService, 'require'>;
  readonly audit: Pick<AuditService, 'record'>;
}

export function inCentral(deps: DevicesDeps, session: Session): InTransaction {
  return async (fn) => (await deps.central()).withSession(session.token, fn);
}

/** An entry in the provider's own trail. */
export function note(
  deps: DevicesDeps,
  session: Session,
  action: string,
  provider: Provider,
  details: Readonly<Record<string, Json>>,
): Promise<void> {
  return deps.local.write((trx) =>
    deps.audit.record(trx, [
      { stream: provider.portal, actor: session.userName, action, provider: provider.uid, details },
    ]),
  );
}
