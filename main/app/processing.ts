import { join } from 'node:path';
import { tell, workFailed } from '../../shared/domain/fault';
import { acquireOsLock } from '../lib/os-lock';
import type { EndedCounts } from '../services/changes';
import type { Processor, RunProgress } from '../services/queue';
import type { Home } from './home';
import { stopSimulator, type Training } from './simulator-process';

export interface ProcessOptions {
  readonly untilIdle: boolean;
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal;
  /** Shown to a second processor of this folder. */
  readonly holder: string;
  onProgress(progress: RunProgress): void;
  /** Sentences for the person: what hinders, whose desk sends. */
  onNote?(note: string): void;
}

export interface ProcessOutcome {
  readonly reason: 'idle' | 'timeout' | 'stopped' | 'central-lost';
  readonly ended: EndedCounts;
  readonly open: number;
  readonly hindrances: readonly string[];
  /** A row ended in error, conflict or dead letter, the time ran out, or something hindered. */
  readonly failed: boolean;
}

interface Parts {
  readonly home: Home;
  readonly training: Training | null;
  readonly processor: Processor;
  carrierReady(): Promise<void>;
  bringUpToDate(): Promise<void>;
}

/**
 * The one processor of a data folder: holds the folder's lock, brings the mirror up to date before and after, and in a
 * training folder ends the simulator that it may have found running.
 */
export async function processWith(parts: Parts, options: ProcessOptions): Promise<ProcessOutcome> {
  const { home, processor } = parts;
  const lock = await acquireOsLock(join(home.dir, 'processor.lock'), options.holder, home.clock);
  if ('heldBy' in lock) {
    throw workFailed({
      code: 'processor-running',
      what: 'Another Swapdesk is processing this data folder',
      where: home.dir,
      why: `${lock.heldBy} holds it`,
      todo: 'Let it work, or end it and try again. Everything that is queued is safe.',
    });
  }
  try {
    await parts.carrierReady();
    await parts.bringUpToDate();
    const outcome = await processor.run({
      untilIdle: options.untilIdle,
      timeoutMs: options.timeoutMs,
      signal: options.signal,
      holder: options.holder,
      onProgress(progress) {
        options.onProgress(progress);
        for (const [provider, desk] of Object.entries(progress.sendersElsewhere)) {
          options.onNote?.(`${desk} sends for ${provider} now; this desk takes over when it ends.`);
        }
      },
    });
    await parts.bringUpToDate();
    const { reason, ended, open } = outcome;
    const hindrances = outcome.hindrances.map(tell);
    const bad = ended.error + ended.conflict + ended.deadLetter;
    return { reason, ended, open, hindrances, failed: bad > 0 || reason === 'timeout' || hindrances.length > 0 };
  } finally {
    if (parts.training !== null) await stopSimulator(home, parts.training);
    await lock.release();
  }
}
