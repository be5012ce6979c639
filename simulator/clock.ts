/**
 * The simulator's clock: real time plus an offset that only grows. What is due is kept in a heap; one real timer waits
 * for the earliest, and `advance` runs everything that falls due on the way, in order and at its own time, so that
 * twenty minutes of callback repeats pass in the time that the listener takes to answer them.
 */
export type Task = () => void | Promise<void>;

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly task: Task;
}

/** Longest wait a real timer can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class SimulatorClock {
  readonly #heap: Due[] = [];
  readonly #onError: (error: unknown) => void;
  #offsetMs: number;
  #order = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Infinity;
  #stopped = false;

  constructor(offsetMs: number, onError: (error: unknown) => void) {
    this.#offsetMs = offsetMs;
    this.#onError = onError;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  /** Runs the task when the clock reaches the time; at once (in the next turn) when it already has. */
  at(atMs: number, task: Task): void {
    if (this.#stopped) return;
    this.#order += 1;
    this.#push({ atMs, order: this.#order, task });
    this.#arm();
  }

  async advance(ms: number): Promise<void> {
    const targetMs = this.now() + ms;
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > targetMs) break;
      this.#moveTo(next.atMs);
      this.#pop();
      await this.#run(next);
    }
    this.#moveTo(targetMs);
    // The waiting timer was set by the old offset.
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#arm();
  }

  clear(): void {
    this.#heap.length = 0;
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.clear();
  }

  /** Only forward: while a task ran, real time may have passed the time aimed at. */
  #moveTo(atMs: number): void {
    this.#offsetMs += Math.max(0, atMs - this.now());
  }

  #arm(): void {
    const next = this.#heap[0];
    const atMs = next?.atMs ?? Infinity;
    if (this.#timer !== undefined && atMs >= this.#timerAtMs && next !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerAtMs = atMs;
    if (next === undefined) return;
    const waitMs = Math.min(Math.max(0, atMs - this.now()), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#runDue();
    }, waitMs);
  }

  #runDue(): void {
    const nowMs = this.now();
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= nowMs; next = this.#heap[0]) {
      this.#pop();
      void this.#run(next);
    }
    this.#arm();
  }

  async #run(due: Due): Promise<void> {
    try {
      await due.task();
    } catch (error: unknown) {
      this.#onError(error);
    }
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const other = heap[parent];
      if (other === undefined || !before(due, other)) break;
      heap[at] = other;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const leftDue = heap[left];
      const rightDue = heap[left + 1];
      if (leftDue === undefined) break;
      const child = rightDue !== undefined && before(rightDue, leftDue) ? left + 1 : left;
      const childDue = heap[child];
      if (childDue === undefined || !before(childDue, last)) break;
      heap[at] = childDue;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
