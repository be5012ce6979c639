import {
  CALLS,
  EVENTS,
  type Answer,
  type Bridge,
  type CallName,
  type EventName,
  type InputOf,
  type OutputOf,
  type PayloadOf,
} from '../../shared/contract/index';
import { importSourceSchema, type ImportSource } from '../../shared/contract/imports';
import type { ErrorStory } from '../../shared/domain/fault';

/** A refusal or failure as main tells it: what, where, why, what to do, and the number under which the log has it. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly story: ErrorStory;
  readonly correlationId: string;

  constructor(error: ErrorStory & { readonly correlationId: string }) {
    super(error.what);
    const { correlationId, ...story } = error;
    this.story = story;
    this.correlationId = correlationId;
  }

  get code(): string {
    return this.story.code;
  }
}

/** The contract, typed: the only way from the screen to main. */
export interface Api {
  call<N extends CallName>(name: N, input: InputOf<N>): Promise<OutputOf<N>>;
  on<N extends EventName>(name: N, listener: (payload: PayloadOf<N>) => void): () => void;
  /** Hands main a file that the person dropped or chose. */
  sourceOf(file: File): Promise<ImportSource>;
}

export function createApi(bridge: Bridge): Api {
  return {
    async call<N extends CallName>(name: N, input: InputOf<N>): Promise<OutputOf<N>> {
      const value = open(await bridge.call(name, input));
      return CALLS.get(name)?.output.parse(value) as OutputOf<N>;
    },
    on<N extends EventName>(name: N, listener: (payload: PayloadOf<N>) => void) {
      const schema = EVENTS.get(name)?.payload;
      return bridge.on(name, (payload) => listener(schema?.parse(payload) as PayloadOf<N>));
    },
    sourceOf: async (file) => importSourceSchema.parse(open(await bridge.sourceOf(file))),
  };
}

function open(answer: unknown): unknown {
  const { ok, ...rest } = answer as Answer<unknown>;
  if (ok) return (rest as { value: unknown }).value;
  throw new ContractError((rest as { error: ErrorStory & { correlationId: string } }).error);
}

/** Anything that went wrong, in the form the screens show. */
export function asContractError(error: unknown): ContractError {
  if (error instanceof ContractError) return error;
  return new ContractError({
    code: 'screen-defect',
    what: 'The window met an error of its own',
    why: error instanceof Error ? error.message : String(error),
    todo: 'Reload the window. What is being sent goes on.',
    correlationId: '',
  });
}
