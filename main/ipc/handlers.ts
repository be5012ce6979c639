import type { CallName, InputOf, OutputOf } from '../../shared/contract/index';
import type { SignedInDesk } from './desk';

/** What a handler knows besides its input. `desk` is null only for calls that anybody may make. */
export interface Caller {
  readonly signedIn: SignedInDesk | null;
  readonly correlationId: string;
}

/** One handler for each call of the contract: a missing one does not compile. */
export type Handlers = {
  readonly [N in CallName]: (input: InputOf<N>, caller: Caller) => Promise<OutputOf<N>>;
};

export type HandlersOf<G extends string> = Pick<Handlers, Extract<CallName, `${G}.${string}`>>;

/** The services of the signed-in user; the door has checked that there is one before the handler runs. */
export function services(caller: Caller): SignedInDesk {
  if (caller.signedIn === null) throw new Error('a handler that needs a session was reached without one');
  return caller.signedIn;
}
