import { isAllowed } from '../../shared/domain/permission';
import type { LocalDb } from '../localdb/types';
import type { AuditService } from '../services/audit';
import type { CredentialsService } from '../services/credentials';
import type { IdentityService, Session } from '../services/identity';
import type { LoginGuard } from '../services/thingspace';
import type { Workspace } from './workspace';

/** Acts of the person that belong to no service's own way: each leaves an entry. */
export function createAuditedActs(deps: {
  session: Session;
  identity: IdentityService;
  audit: AuditService;
  local: LocalDb;
  credentials: CredentialsService;
  loginGuard: Pick<LoginGuard, 'reset'>;
}): Pick<Workspace, 'require' | 'noteRefusal' | 'saveCredentials' | 'unlock'> {
  const { session, identity, audit, local } = deps;
  const note = (action: string, provider: string, details: Record<string, string>, correlationId?: string) =>
    local.write((trx) =>
      audit.record(trx, [
        {
          stream: 'm2m',
          actor: session.userName,
          action,
          provider,
          details,
          ...(correlationId === undefined ? {} : { correlationId }),
        },
      ]),
    );
  return {
    async require(permission) {
      if (!isAllowed(session.role, permission))
        await note('access.refused', 'none', { permission, role: session.role });
      identity.require(session, permission);
    },
    noteRefusal: (name, code, correlationId) => note('access.refused', 'none', { call: name, code }, correlationId),
    async saveCredentials(provider, credentials) {
      await deps.credentials.save(provider.uid, credentials);
      await note('credentials.saved', provider.uid, { provider: provider.name });
    },
    async unlock(provider) {
      await deps.loginGuard.reset(provider.uid);
      await note('provider.unlocked', provider.uid, { provider: provider.name });
    },
  };
}
