import { workFailed } from '../../../shared/domain/fault';
import {
  thingSpaceCredentialsSchema,
  type CredentialsService,
  type SecretStore,
  type ThingSpaceCredentials,
} from './types';

export interface CredentialsDeps {
  readonly secrets: SecretStore;
  /** Whose credentials: each user of Swapdesk has entries of their own. */
  readonly userUid: () => string;
  /** Given from outside, by the name of the provider; whatever is saved comes first. */
  readonly preset?: Readonly<Record<string, ThingSpaceCredentials>>;
  /** Name of a provider, for the preset; null: unknown. */
  readonly providerName: (providerUid: string) => Promise<string | null>;
}

export function createCredentialsService(deps: CredentialsDeps): CredentialsService {
  const { secrets, preset = {} } = deps;
  const nameOf = (providerUid: string): string => `thingspace:${deps.userUid()}:${providerUid}`;

  async function load(providerUid: string): Promise<ThingSpaceCredentials | null> {
    const saved = await secrets.get(nameOf(providerUid));
    if (saved !== null) return read(saved);
    const provider = Object.keys(preset).length === 0 ? null : await deps.providerName(providerUid);
    return provider === null ? null : (preset[provider] ?? null);
  }

  return {
    store: () => ({ kind: secrets.kind, notice: secrets.notice }),
    save: (providerUid, credentials) => secrets.set(nameOf(providerUid), JSON.stringify(credentials)),
    load,
    has: async (providerUid) => (await load(providerUid)) !== null,
    forget: (providerUid) => secrets.delete(nameOf(providerUid)),
  };
}

/** @throws failed `credentials-unreadable`; the text is in no message */
function read(saved: string): ThingSpaceCredentials {
  const parsed = thingSpaceCredentialsSchema.safeParse(jsonOrNull(saved));
  if (parsed.success) return parsed.data;
  throw workFailed({
    code: 'credentials-unreadable',
    what: 'The saved ThingSpace credentials can not be read',
    where: 'the keychain entry of Swapdesk',
    todo: 'Enter the credentials again.',
  });
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
