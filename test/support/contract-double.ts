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
import { SwapdeskError } from '../../shared/domain/fault';

type Handler<N extends CallName> = (input: InputOf<N>) => OutputOf<N> | Promise<OutputOf<N>>;

/** Stands for main in front of a screen. Made from the contract, so that it can't say what main could not say. */
export interface ContractDouble {
  readonly bridge: Bridge;
  /** From now on the call is answered so. A handler throws a `SwapdeskError` to refuse, as a service does. */
  handle<N extends CallName>(name: N, handler: Handler<N>): void;
  /** The next answers to the call are this text of the wire, whatever the contract says. */
  answerRaw(name: CallName, answer: unknown): void;
  announce<N extends EventName>(name: N, payload: PayloadOf<N>): void;
  /** What was asked, in order. */
  asked<N extends CallName>(name: N): readonly InputOf<N>[];
  /** Breaches of the contract by the screen or by the test: empty in every good test. */
  readonly breaches: readonly string[];
  /** Puts the bridge where preload would. */
  install(page: object): void;
}

/**
 * A bridge whose calls are answered by handlers. Input and output go through the contract's schemas as at main's door,
 * and everything crosses as JSON text, as in the shells: a `Date` or an `undefined` does not survive here either.
 */
export function createContractDouble(): ContractDouble {
  const handlers = new Map<string, Handler<CallName>>();
  const raw = new Map<string, unknown>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const questions: { readonly name: string; readonly input: unknown }[] = [];
  const breaches: string[] = [];
  let lastSource = 0;

  function breach(text: string): Error {
    breaches.push(text);
    return new Error(text);
  }

  async function answer(name: string, input: unknown): Promise<unknown> {
    const call = CALLS.get(name as CallName);
    if (call === undefined) throw breach(`the contract has no call ${name}`);
    const parsed = call.input.safeParse(input);
    if (!parsed.success) throw breach(`${name} was asked with ${JSON.stringify(input)}: ${parsed.error.message}`);
    questions.push({ name, input: parsed.data });
    if (raw.has(name)) return raw.get(name);
    const handler = handlers.get(name);
    if (handler === undefined) throw breach(`nothing answers ${name}`);
    const value: unknown = await handler(parsed.data as never);
    const output = call.output.safeParse(value);
    if (!output.success) throw breach(`${name} was answered against the contract: ${output.error.message}`);
    return { ok: true, value: output.data } satisfies Answer<unknown>;
  }

  const bridge: Bridge = {
    async call(name, input) {
      try {
        return overTheWire(await answer(name, overTheWire(input)));
      } catch (error) {
        return refusalOf(error);
      }
    },
    on(name, listener) {
      if (!EVENTS.has(name as EventName)) throw breach(`the contract has no event ${name}`);
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all.add(listener));
      return () => all.delete(listener);
    },
    sourceOf(file) {
      const source: ImportSource = {
        sourceId: `source-${++lastSource}-${file.name}`,
        name: file.name,
        sizeBytes: file.size,
      };
      return Promise.resolve({ ok: true, value: importSourceSchema.parse(source) });
    },
  };

  return {
    bridge,
    breaches,
    handle: (name, handler) => void handlers.set(name, handler),
    answerRaw: (name, wire) => void raw.set(name, wire),
    announce(name, payload) {
      const parsed = EVENTS.get(name)?.payload.safeParse(payload);
      if (parsed?.success !== true) throw breach(`${name} was announced against the contract`);
      for (const listener of listeners.get(name) ?? []) listener(overTheWire(parsed.data));
    },
    asked: <N extends CallName>(name: N) =>
      questions.filter((question) => question.name === name).map((question) => question.input as InputOf<N>),
    install(page) {
      Object.defineProperty(page, 'api', { value: bridge, configurable: true });
    },
  };
}

/** The door's two kinds of failure: an error with a story, and a defect that tells nothing of itself. */
function refusalOf(error: unknown): Answer<never> {
  const correlationId = '0190f1c2-0000-7000-8000-00000000c0de';
  if (error instanceof SwapdeskError) return { ok: false, error: { ...error.story, kind: error.kind, correlationId } };
  return {
    ok: false,
    error: { kind: 'defect', code: 'defect', what: 'Swapdesk met an error of its own', correlationId },
  };
}

function overTheWire(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
