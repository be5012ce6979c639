import type { HandlerAnswer } from './listener';

/** What a receiver has answered, and how long that took. */
export interface Tally {
  measure(handle: () => Promise<HandlerAnswer>): Promise<HandlerAnswer>;
  /** In the text format of Prometheus. */
  lines(): readonly string[];
}

const ANSWERS: readonly HandlerAnswer[] = [200, 400, 401, 503];
/** Upper ends of the classes, seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1] as const;

export function createTally(): Tally {
  const answers = new Map<HandlerAnswer, number>(ANSWERS.map((answer) => [answer, 0]));
  const within = BUCKETS.map(() => 0);
  let seconds = 0;
  let count = 0;

  return {
    async measure(handle) {
      const began = performance.now();
      // What throws is answered with 503 by the listener.
      let answer: HandlerAnswer = 503;
      try {
        answer = await handle();
        return answer;
      } finally {
        const took = (performance.now() - began) / 1000;
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        BUCKETS.forEach((end, index) => {
          if (took <= end) within[index] = (within[index] ?? 0) + 1;
        });
        seconds += took;
        count += 1;
      }
    },
    lines: () => [
      '# HELP swapdesk_callbacks_total Deliveries by the status they were answered with.',
      '# TYPE swapdesk_callbacks_total counter',
      ...[...answers].map(([answer, times]) => `swapdesk_callbacks_total{status="${answer}"} ${times}`),
      '# HELP swapdesk_callback_seconds Time from the whole body to the answer.',
      '# TYPE swapdesk_callback_seconds histogram',
      ...BUCKETS.map((end, index) => `swapdesk_callback_seconds_bucket{le="${end}"} ${within[index] ?? 0}`),
      `swapdesk_callback_seconds_bucket{le="+Inf"} ${count}`,
      `swapdesk_callback_seconds_sum ${seconds}`,
      `swapdesk_callback_seconds_count ${count}`,
    ],
  };
}
