import type { Clock } from '../../lib/clock';
import type { LocalDb } from '../../localdb/types';
import type { ImportJob, ImportMessage } from './import.messages';

/** What one import works with, in the worker thread or in a test. */
export interface ImportRun {
  readonly local: LocalDb;
  readonly job: ImportJob;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
  onProgress(progress: Extract<ImportMessage, { kind: 'progress' }>): void;
}
