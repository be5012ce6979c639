import { SwapdeskError } from '../../../shared/domain/fault';

/**
 * Refusals of the central database are stories for a person; anything else that upkeep throws is a defect of ours and
 * goes on up.
 */
export function centralTroubleOf(error: unknown): SwapdeskError {
  if (error instanceof SwapdeskError) return error;
  throw error;
}
