import type { AuditStream } from '../../../shared/domain/audit';

export const STREAM_WORDS: Readonly<Record<AuditStream, string>> = {
  m2m: 'M2M changes',
  mobility: 'Mobility changes',
  api: 'Calls to the carrier',
  error: 'Errors',
};
