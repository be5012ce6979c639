import { createBridge } from './bridge';

/**
 * Runs in the page before its own scripts. One binding carries one JSON text each way: main answers by calling the
 * receiver that this file leaves on the window. (A binding that carries objects takes ten times as long.)
 */
interface Ask {
  readonly id: number;
  readonly kind: 'ask' | 'source';
  readonly name: string;
  readonly input: unknown;
}

type Incoming =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown };

interface BindingWindow {
  swapdeskSend?: (text: string) => void;
}

function install(): void {
  const page = window as unknown as BindingWindow;
  const send = page.swapdeskSend;
  // Frames inside the page, and pages that are not ours, have no binding: they get no bridge.
  if (send === undefined || window.top !== window) return;
  delete page.swapdeskSend;

  const waiting = new Map<number, (answer: unknown) => void>();
  const files = new Map<number, File>();
  let announce: (name: string, payload: unknown) => void = () => undefined;
  let lastId = 0;

  function ask(message: Omit<Ask, 'id'>, file?: File): Promise<unknown> {
    const id = ++lastId;
    if (file !== undefined) files.set(id, file);
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      send?.(JSON.stringify({ ...message, id, input: message.input ?? null }));
    });
  }

  function receive(text: string): void {
    const incoming = JSON.parse(text) as Incoming;
    if (incoming.kind === 'event') return announce(incoming.name, incoming.payload);
    waiting.get(incoming.id)?.(incoming.answer);
    waiting.delete(incoming.id);
    files.delete(incoming.id);
  }

  Object.defineProperty(window, 'swapdeskReceive', {
    value: Object.freeze({ text: receive, file: (id: number) => files.get(id) ?? null }),
    enumerable: false,
  });
  Object.defineProperty(window, 'api', {
    value: createBridge({
      ask: (name, input) => ask({ kind: 'ask', name, input }),
      sourceOf: (file) => ask({ kind: 'source', name: '', input: null }, file),
      listen(listener) {
        announce = listener;
      },
    }),
    enumerable: true,
  });
}

install();
