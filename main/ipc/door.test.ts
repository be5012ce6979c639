import { describe, expect, it } from 'vitest';
import { CALLS, type Answer, type CallName } from '../../shared/contract/index';
import { isAllowed, roleSchema, type Role } from '../../shared/domain/permission';
import { workFailed } from '../../shared/domain/fault';
import { silentLog } from '../lib/logger';
import type { Desk, SignedInDesk } from './desk';
import { createDoor, type Door, type Sender } from './door';
import type { Handlers } from './handlers';

const PAGE: Sender = { trusted: true, from: 'app://swapdesk' };

interface Stage {
  readonly door: Door;
  readonly reached: string[];
  readonly refusals: string[];
}

/** A door whose handlers only note that they were reached; what stands behind it is tested with each service. */
function stage(role: Role | null, answer: (name: string) => unknown = () => null): Stage {
  const reached: string[] = [];
  const refusals: string[] = [];
  const signedIn = role === null ? null : ({ session: { role, userName: 'olivia' } } as unknown as SignedInDesk);
  const handlers = Object.fromEntries(
    [...CALLS.keys()].map((name) => [
      name,
      async () => {
        reached.push(name);
        return answer(name);
      },
    ]),
  ) as unknown as Handlers;
  const door = createDoor({
    desk: { current: () => signedIn } as unknown as Desk,
    handlers,
    noteRefusal: async (_desk, name, code) => {
      refusals.push(`${name} ${code}`);
    },
    ids: { uid: () => 'correlation-1' },
    log: silentLog,
  });
  return { door, reached, refusals };
}

function codeOf(answer: Answer<unknown>): string | null {
  return answer.ok ? null : answer.error.code;
}

const everyCall = [...CALLS.entries()];

describe('the door between screen and main', () => {
  it.each(everyCall.map(([name]) => name))('refuses %s from a page that is not ours', async (name) => {
    const { door, reached, refusals } = stage('administrator');
    for (const from of ['https://elsewhere.example', 'a frame inside the page', 'a frame that is gone']) {
      expect(codeOf(await door.ask({ trusted: false, from }, name, null))).toBe('sender-refused');
    }
    expect(reached).toEqual([]);
    expect(refusals).toHaveLength(3);
  });

  it('refuses what is not in the contract, whatever its type', async () => {
    const { door } = stage('administrator');
    for (const name of ['app.exec', '__proto__', 'constructor', '', null, 7, { toString: () => 'app.info' }]) {
      expect(codeOf(await door.ask(PAGE, name, null))).toBe('call-unknown');
    }
  });

  it('answers what can’t even be turned into text, and keeps long names out of the trail', async () => {
    const { door, refusals } = stage('administrator');
    for (const name of [{ toString: null }, [{ toString: 7 }], Symbol('app.info'), 'x'.repeat(100_000)]) {
      expect(codeOf(await door.ask(PAGE, name, null))).toBe('call-unknown');
    }
    expect(refusals.every((refusal) => refusal.length < 100)).toBe(true);
    expect(refusals).toHaveLength(4);
  });

  it.each(everyCall.filter(([, call]) => call.access !== 'anybody').map(([name]) => name))(
    'asks for a sign-in before %s',
    async (name) => {
      const { door, reached } = stage(null);
      expect(codeOf(await door.ask(PAGE, name, null))).toBe('not-signed-in');
      expect(reached).toEqual([]);
    },
  );

  it('lets each role do what the matrix says, and nothing else', async () => {
    for (const role of roleSchema.options) {
      for (const [name, call] of everyCall) {
        const { access } = call;
        if (access === 'anybody' || access === 'signed-in') continue;
        const { door, refusals } = stage(role);
        const refused = codeOf(await door.ask(PAGE, name, undefined)) === 'not-permitted';
        expect({ role, name, refused }).toEqual({ role, name, refused: !isAllowed(role, access) });
        expect(refusals).toEqual(refused ? [`${name} not-permitted`] : []);
      }
    }
  });

  it('names what is wrong with an input, and does not reach the handler', async () => {
    const { door, reached } = stage('operator');
    const answer = await door.ask(PAGE, 'drafts.rows', {
      draftId: 'one',
      limit: 100_000,
      offset: 0,
      only: null,
      text: '',
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 'input-refused', where: 'drafts.rows' } });
    expect(JSON.stringify(answer)).toContain('draftId');
    expect(reached).toEqual([]);
  });

  it('tells an error that a person can act on as it is', async () => {
    const { door } = stage('operator', () => {
      throw workFailed({ code: 'disk-full', what: 'The disk is full', todo: 'Free some space.' });
    });
    expect(await door.ask(PAGE, 'queue.stats', null)).toEqual({
      ok: false,
      error: {
        kind: 'failed',
        code: 'disk-full',
        what: 'The disk is full',
        todo: 'Free some space.',
        correlationId: 'correlation-1',
      },
    });
  });

  it('keeps the text of a defect to itself, and gives the number under which the log has it', async () => {
    const { door } = stage('operator', () => {
      throw new Error('password=hunter2 at /secret/place');
    });
    const answer = await door.ask(PAGE, 'queue.stats', null);
    expect(codeOf(answer)).toBe('defect');
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(JSON.stringify(answer)).toContain('correlation-1');
  });

  it('lets nothing out that the contract does not name', async () => {
    const { door } = stage('operator', () => ({ token: 'secret' }));
    const name: CallName = 'queue.stats';
    expect(codeOf(await door.ask(PAGE, name, null))).toBe('defect');
  });
});
