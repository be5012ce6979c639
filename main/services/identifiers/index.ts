export { createIdentifiersService } from './identifiers.service';
export { createLoginGuard } from './login-guard';
export type {
  EnrolChange,
  EnrolRow,
  IdentifiersService,
  IdentifierUpdate,
  IdentifierUpdateResult,
  LeaseGrant,
  ProviderPause,
} from './types';
