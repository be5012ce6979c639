import { describe, expect, it } from 'vitest';
import { notPermitted } from '../../shared/domain/fault';
import { createContractDouble } from '../../test/support/contract-double';
import { ContractError, asContractError, createApi } from './client';

const STATS = {
  ...{ waiting: 1, working: 0, delayed: 0, dead: 0, oldestWaitingAt: null },
  ...{ byProvider: [], worker: null, nobodyWorks: false, holds: [] },
};

describe('the client of the contract', () => {
  it('hands over an answer', async () => {
    const double = createContractDouble();
    double.handle('queue.stats', () => STATS);
    expect(await createApi(double.bridge).call('queue.stats', null)).toEqual(STATS);
  });

  it('throws a refusal with its whole story', async () => {
    const double = createContractDouble();
    double.handle('queue.stats', () => {
      throw notPermitted({ code: 'not-permitted', what: 'The role viewer may not do this', todo: 'Ask.' });
    });
    const failure = await createApi(double.bridge)
      .call('queue.stats', null)
      .catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(ContractError);
    expect(failure).toMatchObject({
      code: 'not-permitted',
      story: { what: 'The role viewer may not do this', todo: 'Ask.' },
      correlationId: expect.stringMatching(/^0190/),
    });
  });

  it('takes no answer that the contract does not know', async () => {
    const double = createContractDouble();
    double.answerRaw('queue.stats', { ok: true, value: { ...STATS, waiting: 'many' } });
    await expect(createApi(double.bridge).call('queue.stats', null)).rejects.toThrow();
    double.answerRaw('queue.stats', null);
    await expect(createApi(double.bridge).call('queue.stats', null)).rejects.toThrow();
  });

  it('hears events until it leaves', () => {
    const double = createContractDouble();
    const heard: unknown[] = [];
    const leave = createApi(double.bridge).on('lines.mirrorChanged', (payload) => heard.push(payload));
    double.announce('lines.mirrorChanged', { mirrorAt: '2026-11-24T07:00:00.000Z' });
    leave();
    double.announce('lines.mirrorChanged', { mirrorAt: '2026-11-24T08:00:00.000Z' });
    expect(heard).toEqual([{ mirrorAt: '2026-11-24T07:00:00.000Z' }]);
  });

  it('hands a file to main and learns no path', async () => {
    const double = createContractDouble();
    const source = await createApi(double.bridge).sourceOf(new File(['abc'], 'swaps.csv'));
    expect(source).toEqual({ sourceId: 'source-1-swaps.csv', name: 'swaps.csv', sizeBytes: 3 });
  });

  it('makes a story of whatever else went wrong', () => {
    const failure = asContractError(new TypeError('x is undefined'));
    expect(failure.code).toBe('screen-defect');
    expect(failure.story.why).toBe('x is undefined');
    expect(failure.story.todo).toContain('What is being sent goes on');
  });
});
