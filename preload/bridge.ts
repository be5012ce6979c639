import type { Bridge } from '../shared/contract/index';
import { CALL_NAMES, EVENT_NAMES } from '../shared/contract/names';

/** How one shell carries messages; everything else of the bridge is the same in both. */
export interface Transport {
  ask(name: string, input: unknown): Promise<unknown>;
  sourceOf(file: File): Promise<unknown>;
  /** Told once, when the bridge is made: every event goes to this listener. */
  listen(listener: (name: string, payload: unknown) => void): void;
}

/** The page's only way to main: calls and events by the contract's names, frozen. */
export function createBridge(transport: Transport): Bridge {
  const calls: ReadonlySet<string> = new Set(CALL_NAMES);
  const listeners = new Map<string, Set<(payload: unknown) => void>>(EVENT_NAMES.map((name) => [name, new Set()]));
  transport.listen((name, payload) => listeners.get(name)?.forEach((listener) => listener(payload)));
  return Object.freeze({
    async call(name: string, input: unknown) {
      if (!calls.has(name)) throw new Error(`no such call: ${String(name)}`);
      return transport.ask(name, input);
    },
    on(name: string, listener: (payload: unknown) => void) {
      const among = listeners.get(name);
      if (among === undefined) throw new Error(`no such event: ${String(name)}`);
      among.add(listener);
      return () => {
        among.delete(listener);
      };
    },
    sourceOf: (file: File) => transport.sourceOf(file),
  });
}
