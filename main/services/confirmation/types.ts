import type { EvidenceSource } from '../changes/types';
import type { Provider } from '../devices/types';

/** A callback after parsing: what it claims. Nothing of it is believed before `accept` has judged it. */
export interface CallbackClaim {
  readonly requestId: string;
  readonly status: 'success' | 'failed' | 'other';
  readonly faultCode: string | null;
  readonly faultText: string | null;
  /** The line as the carrier knows it; kinds in lower case. */
  readonly deviceIds: readonly { readonly id: string; readonly kind: string }[];
  /** The new identifiers, when the callback names them. */
  readonly newIds: readonly { readonly id: string; readonly kind: string }[];
  readonly callbackCount: number | null;
}

export interface CallbackReceiver {
  /** Where it listens: the callback URL, with the port that was really taken. */
  readonly url: string;
  close(): Promise<void>;
}

/** A callback from the central log; `body` is redacted. */
export interface ForeignCallback {
  readonly provider: Provider;
  readonly digest: string;
  readonly body: unknown;
  /** Epoch ms. */
  readonly receivedAt: number;
}

/**
 * Proof of what the carrier did. Callbacks are stored, then judged together with all others of their request; a line
 * is read back where they prove nothing. What the proof means for a row is the changes service's matter.
 */
export interface ConfirmationService extends EvidenceSource {
  /**
   * Listens on the loopback address of the provider's callback URL; stores before it answers. Callbacks that an earlier
   * process stored and did not judge are judged now.
   *
   * @throws usage `callback-url-missing`, `callback-not-loopback`, `callback-credentials-missing`
   * @throws failed `callback-port-busy`, `callback-not-listening`
   */
  startReceiver(provider: Provider, credentials: { username: string; password: string }): Promise<CallbackReceiver>;
  /**
   * Takes over callbacks that a receiver elsewhere has stored, and judges them like those that came here. Resolves when
   * they are on the disk; one that is there already changes nothing.
   */
  takeIn(callbacks: readonly ForeignCallback[]): Promise<void>;
  /** Resolves when every callback that was received has been stored and judged. */
  idle(): Promise<void>;
  /** Stops every receiver; what was acknowledged is stored, what was not judged is at the next start. */
  close(): Promise<void>;
}
