import { z } from 'zod';

/** What ThingSpace asks for, of one service provider. Lives in the OS keychain and in main's memory, nowhere else. */
export const thingSpaceCredentialsSchema = z.object({
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  username: z.string().min(1),
  password: z.string().min(1),
  callbackUsername: z.string().optional(),
  callbackPassword: z.string().optional(),
});
export type ThingSpaceCredentials = z.infer<typeof thingSpaceCredentialsSchema>;

/** Where secrets lie. `keytar` behind it, or the memory of this process when there is no keychain. */
export interface SecretStore {
  readonly kind: 'keychain' | 'memory';
  /** Why there is no keychain and how to get one; null with a keychain. */
  readonly notice: string | null;
  get(name: string): Promise<string | null>;
  set(name: string, secret: string): Promise<void>;
  delete(name: string): Promise<void>;
}

export interface CredentialsService {
  /** Name of the store and why, for the status line. */
  store(): Pick<SecretStore, 'kind' | 'notice'>;
  save(providerUid: string, credentials: ThingSpaceCredentials): Promise<void>;
  /** For the carrier client only: never crosses IPC, a log or an error. */
  load(providerUid: string): Promise<ThingSpaceCredentials | null>;
  has(providerUid: string): Promise<boolean>;
  forget(providerUid: string): Promise<void>;
}
