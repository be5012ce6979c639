export { createConfirmationService, type ConfirmationDeps } from './confirmation.service';
export { createCallbackServer, type CallbackServerOptions, type ServedProvider } from './server';
export type { CallbackClaim, CallbackReceiver, ConfirmationService } from './types';
