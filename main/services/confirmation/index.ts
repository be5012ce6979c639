export { createConfirmationService, type ConfirmationDeps } from './confirmation.service';
export type { CallbackClaim, CallbackReceiver, ConfirmationService } from './types';
