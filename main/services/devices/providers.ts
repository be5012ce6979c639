import { SwapdeskError, usageError } from '../../../shared/domain/fault';
import { inCentral, note, type DevicesDeps } from './collaborators';
import { changedProviderFields, newProviderFields } from './provider.rules';
import { insertProvider, listCentralProviders, listMirroredProviders, updateProvider } from './providers.repo';
import type { DevicesService, Provider } from './types';

type ProviderCalls = Pick<DevicesService, 'addProvider' | 'setProvider' | 'listProviders' | 'provider'>;

export function createProviderCalls(deps: DevicesDeps): ProviderCalls {
  const listProviders: ProviderCalls['listProviders'] = async (session) => {
    try {
      return await inCentral(deps, session)(listCentralProviders);
    } catch (error) {
      if (!(error instanceof SwapdeskError) || error.code !== 'central-unreachable') throw error;
      return listMirroredProviders(deps.local.read);
    }
  };

  const provider: ProviderCalls['provider'] = async (session, nameOrUid) => {
    const known = await listProviders(session);
    const similar = known.filter((one) => one.name.toLowerCase() === nameOrUid.trim().toLowerCase());
    const found =
      known.find((one) => one.uid === nameOrUid || one.name === nameOrUid) ??
      (similar.length === 1 ? similar[0] : undefined);
    if (found === undefined) throw providerUnknown(nameOrUid, known);
    return found;
  };

  return {
    listProviders,
    provider,

    async addProvider(session, input) {
      deps.identity.require(session, 'providers.manage');
      const fields = newProviderFields(input);
      const added = await inCentral(deps, session)((trx) => insertProvider(trx, fields));
      if (added === 'name-taken') throw nameTaken(fields.name);
      await note(deps, session, 'provider.added', added, { ...fields });
      return added;
    },

    async setProvider(session, name, change) {
      deps.identity.require(session, 'providers.manage');
      const changes = changedProviderFields(change);
      const before = await provider(session, name);
      const fields = { ...before, ...changes };
      const changed = await inCentral(deps, session)((trx) => updateProvider(trx, before.id, fields));
      if (changed === 'name-taken') throw nameTaken(fields.name);
      await note(deps, session, 'provider.changed', changed, { ...changes });
      return changed;
    },
  };
}

function providerUnknown(name: string, known: readonly Provider[]): SwapdeskError {
  return usageError({
    code: 'provider-unknown',
    what: 'There is no such service provider, or you may not see it',
    where: name,
    todo:
      known.length === 0
        ? 'Add one with `swapdesk provider add`.'
        : `Choose one of: ${known.map((one) => one.name).join(', ')}.`,
  });
}

function nameTaken(name: string): SwapdeskError {
  return usageError({
    code: 'provider-exists',
    what: 'There is a service provider of this name already',
    where: name,
    todo: 'Choose another name, or change that one with `swapdesk provider set`.',
  });
}
