import type { BulkChangeStatus, DeviceChangeStatus } from '../../shared/domain/change';
import type { Verdict } from '../../shared/domain/finding';

type Tone = 'done' | 'warn' | 'bad' | 'unknown' | 'flight' | 'rest';
interface Words {
  readonly tone: Tone;
  readonly word: string;
}

export const ROW_WORDS: Readonly<Record<DeviceChangeStatus, Words>> = {
  created: { tone: 'rest', word: 'created' },
  queued: { tone: 'rest', word: 'queued' },
  sending: { tone: 'flight', word: 'sending' },
  submitted: { tone: 'flight', word: 'at the carrier' },
  unknown: { tone: 'unknown', word: 'unknown' },
  confirmed: { tone: 'flight', word: 'confirmed' },
  processed: { tone: 'done', word: 'processed' },
  conflict: { tone: 'bad', word: 'conflict' },
  error: { tone: 'bad', word: 'refused' },
  dead_letter: { tone: 'bad', word: 'dead letter' },
  cancelled: { tone: 'rest', word: 'cancelled' },
  rolled_back: { tone: 'rest', word: 'rolled back' },
};

export const CHANGE_WORDS: Readonly<Record<BulkChangeStatus, Words>> = {
  created: { tone: 'rest', word: 'created' },
  queued: { tone: 'rest', word: 'queued' },
  processing: { tone: 'flight', word: 'sending' },
  processed: { tone: 'done', word: 'processed' },
  processed_with_errors: { tone: 'warn', word: 'ended with errors' },
  cancelled: { tone: 'rest', word: 'cancelled' },
};

export const VERDICT_WORDS: Readonly<Record<Verdict, Words>> = {
  valid: { tone: 'done', word: 'valid' },
  warning: { tone: 'warn', word: 'warning' },
  error: { tone: 'bad', word: 'error' },
};
