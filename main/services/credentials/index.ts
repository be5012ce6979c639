export { createCredentialsService } from './credentials.service';
export type { CredentialsDeps } from './credentials.service';
export { createSecretStore } from './secret-store';
export type { SecretStoreOptions } from './secret-store';
export { thingSpaceCredentialsSchema } from './types';
export type { CredentialsService, SecretStore, ThingSpaceCredentials } from './types';
