import type { CDPSession } from 'playwright-core';
import { z } from 'zod';
import type { ShellHost } from '../shell';

const messageSchema = z.object({
  id: z.number().int(),
  kind: z.enum(['ask', 'source']),
  name: z.string(),
  input: z.unknown(),
});

interface ContextFacts {
  readonly origin: string;
  readonly frameId: string;
  readonly isMainWorld: boolean;
}

/**
 * The page's way to main and back: one binding with one JSON text each way. Who speaks is judged by the execution
 * context that called the binding: the main frame's own world of our origin, and nothing else.
 */
export async function connectPage(
  session: CDPSession,
  host: ShellHost,
  origin: string,
): Promise<{ readonly stop: () => void }> {
  const contexts = new Map<number, ContextFacts>();
  const { frameTree } = await session.send('Page.getFrameTree');
  const mainFrameId = frameTree.frame.id;

  session.on('Runtime.executionContextCreated', ({ context }) => {
    const facts = z.object({ frameId: z.string(), isDefault: z.boolean() }).safeParse(context.auxData);
    contexts.set(context.id, {
      origin: context.origin,
      frameId: facts.success ? facts.data.frameId : '',
      isMainWorld: facts.success && facts.data.isDefault,
    });
  });
  session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => contexts.delete(executionContextId));
  session.on('Runtime.executionContextsCleared', () => contexts.clear());

  const isOurs = (facts: ContextFacts | undefined): boolean =>
    facts !== undefined && facts.isMainWorld && facts.frameId === mainFrameId && facts.origin === origin;

  async function deliver(contextId: number, message: object): Promise<void> {
    const text = JSON.stringify(JSON.stringify(message));
    // The context may be gone by now (the page was reloaded): then nobody waits for this any more.
    await session
      .send('Runtime.evaluate', { expression: `swapdeskReceive.text(${text})`, contextId, silent: true })
      .catch(() => undefined);
  }

  session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
    if (name !== 'swapdeskSend') return;
    const facts = contexts.get(executionContextId);
    void answer(session, host, payload, {
      contextId: executionContextId,
      sender: { trusted: isOurs(facts), from: facts?.origin ?? 'a page that is gone' },
    }).then((message) => (message === null ? undefined : deliver(executionContextId, message)));
  });

  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: 'swapdeskSend' });
  const stopEvents = host.onAnnounce((name, payload) => {
    for (const [contextId, facts] of contexts) {
      if (isOurs(facts)) void deliver(contextId, { kind: 'event', name, payload });
    }
  });
  return { stop: stopEvents };
}

async function answer(
  session: CDPSession,
  host: ShellHost,
  payload: string,
  from: { contextId: number; sender: { trusted: boolean; from: string } },
): Promise<object | null> {
  const message = messageSchema.safeParse(parseJson(payload));
  // Not even an id to answer to: our own preload never sends such a thing.
  if (!message.success) return null;
  const { id, kind, name, input } = message.data;
  if (kind === 'ask') return { kind: 'answer', id, answer: await host.ask(from.sender, name, input) };
  return { kind: 'answer', id, answer: await registerFile(session, host, id, from) };
}

/** The browser itself says which file the page's `File` is; the page never learns the path. */
async function registerFile(
  session: CDPSession,
  host: ShellHost,
  id: number,
  from: { contextId: number; sender: { trusted: boolean } },
): Promise<unknown> {
  const refused = (why: string): object => ({
    ok: false,
    error: { kind: 'failed', code: 'file-not-read', what: 'This file can’t be read', why, correlationId: '' },
  });
  if (!from.sender.trusted) return refused('it was not given by the window');
  try {
    const { result } = await session.send('Runtime.evaluate', {
      expression: `swapdeskReceive.file(${id})`,
      contextId: from.contextId,
    });
    if (result.objectId === undefined) return refused('the window no longer has it');
    const { path } = await session.send('DOM.getFileInfo', { objectId: result.objectId });
    if (path === '') return refused('it is not a file on this computer');
    return { ok: true, value: await host.registerSource(path) };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
