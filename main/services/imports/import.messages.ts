import type { ThreadFault } from '../../lib/thread-call';
import type { DraftTotals } from './imports.repo';
import type { CorrectedRow, FoundReading, ImportRequest } from './types';

/** What the worker thread is started with. */
export interface ImportJob {
  readonly databaseFile: string;
  readonly request: ImportRequest;
  readonly uid: string;
  readonly createdAtMs: number;
  readonly pid: number;
}

/** What became of the file. `reading` tells how it was read. */
export type ImportOutcome =
  | {
      readonly kind: 'new';
      readonly draftId: number;
      readonly totals: DraftTotals;
      readonly reading: FoundReading;
    }
  | {
      /** The list belongs to a draft that is there: nothing is stored yet. */
      readonly kind: 'continuation';
      readonly draftUid: string;
      readonly rows: readonly CorrectedRow[];
      readonly blankLines: number;
      readonly reading: FoundReading;
    };

/** From the worker thread to main. */
export type ImportMessage =
  | {
      readonly kind: 'progress';
      readonly draftId: number;
      readonly bytesRead: number;
      readonly bytesTotal: number;
      readonly rows: number;
    }
  | { readonly kind: 'done'; readonly outcome: ImportOutcome }
  | ThreadFault;

/** From main to the worker thread. */
export interface CancelMessage {
  readonly kind: 'cancel';
}
