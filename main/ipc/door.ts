import { CALLS, type Answer, type CallName } from '../../shared/contract/index';
import type { Access } from '../../shared/contract/define';
import { isAllowed } from '../../shared/domain/permission';
import { SwapdeskError, notPermitted } from '../../shared/domain/fault';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/logger';
import type { Desk, SignedInDesk } from './desk';
import type { Handlers } from './handlers';

/** Where a message came from. Only the page of our own window may ask. */
export interface Sender {
  readonly trusted: boolean;
  /** For the log: the origin or the reason. */
  readonly from: string;
}

export interface Door {
  /** Never rejects: every failure is an answer. */
  ask(sender: Sender, name: unknown, input: unknown): Promise<Answer<unknown>>;
}

/** A refusal goes to the audit trail, whoever was refused. */
export type NoteRefusal = (
  desk: SignedInDesk | null,
  name: string,
  code: string,
  correlationId: string,
) => Promise<void>;

/**
 * The one door from the screen into main: sender, name, session, permission, input; then the handler; then its output
 * against the contract, so that nothing leaves that the contract does not name.
 */
export function createDoor(deps: {
  desk: Desk;
  handlers: Handlers;
  noteRefusal: NoteRefusal;
  ids: Pick<Ids, 'uid'>;
  log: Log;
}): Door {
  const { desk, handlers, log } = deps;

  async function answer(sender: Sender, name: unknown, input: unknown, correlationId: string): Promise<unknown> {
    if (!sender.trusted) throw refusal('sender-refused', `A message from ${sender.from} was refused`);
    const call = typeof name === 'string' ? CALLS.get(name as CallName) : undefined;
    if (call === undefined) throw refusal('call-unknown', 'The window asked for something that does not exist');
    const signedIn = desk.current();
    checkAccess(call.access, signedIn);
    const parsed = call.input.safeParse(input);
    if (!parsed.success) {
      throw new SwapdeskError('usage', {
        code: 'input-refused',
        what: 'The window sent something that this call does not take',
        where: String(name),
        why: parsed.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; '),
      });
    }
    const handler = handlers[name as CallName] as (input: unknown, caller: object) => Promise<unknown>;
    return call.output.parse(await handler(parsed.data, { signedIn, correlationId }));
  }

  return {
    async ask(sender, name, input) {
      const correlationId = deps.ids.uid();
      try {
        return { ok: true, value: await answer(sender, name, input, correlationId) };
      } catch (error) {
        const failed = describe(error, correlationId);
        const call = nameForLog(name);
        log.warn('call failed', { call, correlationId, code: failed.error.code, detail: String(error) });
        if (failed.error.kind === 'not-permitted') {
          await deps
            .noteRefusal(desk.current(), call, failed.error.code, correlationId)
            .catch((cause: unknown) => log.error('refusal not audited', { correlationId, cause: String(cause) }));
        }
        return failed;
      }
    },
  };
}

const LOGGED_NAME_LENGTH = 60;

/** Whatever came as a name, of any type and length, and also if turning it into text would throw. */
function nameForLog(name: unknown): string {
  return typeof name === 'string' ? name.slice(0, LOGGED_NAME_LENGTH) : `(${typeof name})`;
}

function checkAccess(access: Access, signedIn: SignedInDesk | null): void {
  if (access === 'anybody') return;
  if (signedIn === null) {
    throw notPermitted({
      code: 'not-signed-in',
      what: 'Nobody is signed in',
      todo: 'Sign in and try again.',
    });
  }
  if (access === 'signed-in' || isAllowed(signedIn.session.role, access)) return;
  throw notPermitted({
    code: 'not-permitted',
    what: `The role ${signedIn.session.role} may not do this`,
    why: `it needs the permission ${access}`,
    todo: 'Ask an administrator for a role that has it.',
  });
}

function refusal(code: string, what: string): SwapdeskError {
  return notPermitted({ code, what });
}

/** What must not happen is told as such, without its inner text: that goes to the log under the correlation id. */
function describe(error: unknown, correlationId: string): Extract<Answer<never>, { ok: false }> {
  if (error instanceof SwapdeskError) {
    return { ok: false, error: { ...error.story, kind: error.kind, correlationId } };
  }
  return {
    ok: false,
    error: {
      kind: 'defect',
      code: 'defect',
      what: 'Swapdesk met an error of its own',
      todo: `Nothing was changed by this call. Tell support the number ${correlationId}; the log has the details.`,
      correlationId,
    },
  };
}
