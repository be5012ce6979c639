export { createIdentityService } from './identity.service';
export type { IdentityService, Session, UserAccount } from './types';
export { checkPassword, checkUserName } from './identity.rules';
export { makeVerifier, type Verifier } from './verifier';
