export { createChangesService } from './changes.service';
export type { ChangeLimits } from './change.rules';
export type {
  BulkChange,
  ChangesService,
  ConfirmationDecision,
  DeviceChange,
  DeviceChangeRow,
  EndedCounts,
  Evidence,
  EvidenceSource,
  ProcessingGate,
  ProcessingSteps,
  Settled,
} from './types';
