export { createCredentialsService } from './credentials.service';
export { createSecretStore } from './secret-store';
export { thingSpaceCredentialsSchema } from './types';
export type { CredentialsService, SecretStore, ThingSpaceCredentials } from './types';
