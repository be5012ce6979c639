import { usageError, workFailed } from '../../shared/domain/fault';
import { isAllowed } from '../../shared/domain/permission';
import type { LocalDb } from '../localdb/types';
import type { AuditService } from '../services/audit';
import type { CredentialsService } from '../services/credentials';
import type { IdentityService, Session } from '../services/identity';
import type { Provider } from '../services/devices';
import type { CallFault, LoginGuard, ThingSpaceService } from '../services/thingspace';
import type { Workspace } from './workspace';

/** Acts of the person that belong to no service's own way: each leaves an entry. */
export function createAuditedActs(deps: {
  session: Session;
  identity: IdentityService;
  audit: AuditService;
  local: LocalDb;
  credentials: CredentialsService;
  loginGuard: Pick<LoginGuard, 'reset'>;
  thingspace: Pick<ThingSpaceService, 'registerCallback'>;
}): Pick<Workspace, 'require' | 'noteRefusal' | 'saveCredentials' | 'registerCallback' | 'unlock'> {
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
    async registerCallback(provider) {
      const { callbackUrl } = provider;
      const login = await deps.credentials.load(provider.uid);
      if (callbackUrl === null || login?.callbackUsername === undefined || login.callbackPassword === undefined)
        throw nothingToRegister(provider, callbackUrl);
      const { callbackUsername, callbackPassword } = login;
      const answer = await deps.thingspace.registerCallback(provider, callbackUrl, callbackUsername, callbackPassword);
      if (!answer.ok) throw notRegistered(provider, answer.error);
      await note('provider.callback-registered', provider.uid, { provider: provider.name, url: callbackUrl });
      return { url: callbackUrl };
    },
    async unlock(provider) {
      await deps.loginGuard.reset(provider.uid);
      await note('provider.unlocked', provider.uid, { provider: provider.name });
    },
  };
}

function nothingToRegister(provider: Provider, callbackUrl: string | null): Error {
  return usageError(
    callbackUrl === null
      ? {
          code: 'callback-url-missing',
          what: 'The provider has no callback URL',
          where: provider.name,
          todo: 'Set one with `swapdesk provider set NAME --callback-url URL`.',
        }
      : {
          code: 'callback-credentials-missing',
          what: 'The carrier must be told a user name and a password that it shall send',
          where: provider.name,
          todo: 'Store callbackUsername and callbackPassword with `swapdesk credentials set`; the receiver needs the same.',
        },
  );
}

function notRegistered(provider: Provider, fault: CallFault): Error {
  return workFailed({
    code: fault.code,
    what: 'The carrier did not take the callback URL',
    where: provider.name,
    why: fault.message,
    todo: 'Try `swapdesk credentials test`; then register it again.',
  });
}
