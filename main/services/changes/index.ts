export { createChangesService } from './changes.service';
export type { ChangeLimits } from './change.rules';
export type {
  BulkChange,
  ChangesService,
  ConfirmationDecision,
  DeadLetter,
  DeviceChange,
  DeviceChangeRow,
  EndedCounts,
  Evidence,
  EvidenceSource,
  RollbackPlan,
  ProcessingGate,
  ProcessingSteps,
  Settled,
} from './types';
