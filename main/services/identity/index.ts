export { demandPerson } from './identity.rules';
export { createIdentityService } from './identity.service';
export type { IdentityService, Session, UserAccount } from './types';
export { makeVerifier, type Verifier } from './verifier';
