import type { Provider } from '../devices/types';

/** A callback after parsing: what it claims. Nothing of it is believed before `accept` has judged it. */
export interface CallbackClaim {
  readonly requestId: string;
  readonly status: 'success' | 'failed' | 'other';
  readonly faultCode: string | null;
  readonly faultText: string | null;
  readonly deviceIds: readonly { readonly id: string; readonly kind: string }[];
  readonly newIds: readonly { readonly id: string; readonly kind: string }[];
  readonly callbackCount: number | null;
}

export interface CallbackReceiver {
  readonly url: string;
  close(): Promise<void>;
}

export interface ConfirmationService {
  /** Listens on the loopback address of the provider's callback URL; stores before it answers. */
  startReceiver(provider: Provider, credentials: { username: string; password: string }): Promise<CallbackReceiver>;
}
