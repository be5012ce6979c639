import { usageError, workFailed } from '../../../shared/domain/fault';

/** A lease of a row that was never sent ends after this long without renewal: somebody else may take the line then. */
export const LEASE_MS = 30 * 60_000;
/** A send must begin at least this long before its lease ends; longer than any call to the carrier may take. */
export const SEND_MARGIN_MS = 2 * 60_000;
/** Another desk takes over this long after the sender was last heard of. Renewed every 20 s. */
export const SENDER_MS = 60_000;
/** Rows that are stored and leased by one statement. */
export const ROWS_A_CALL = 5_000;

/** Says in words what the central procedures refuse, and what PostgreSQL says when two desks block each other. */
export function toIdentifiersError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    // deadlock_detected, serialization_failure, lock_not_available
    case '40P01':
    case '40001':
    case '55P03':
      return workFailed({
        code: 'central-busy',
        what: 'Another desk was changing the same lines at the same moment',
        todo: 'It is tried again by itself.',
      });
    case 'identifier-in-transit':
      return workFailed({
        code: 'identifier-in-transit',
        what: 'The new identifier still belongs to a line whose own change gives it up',
        why: 'that change is not finished yet',
        todo: 'It is tried again by itself.',
      });
    case 'provider-unknown':
      return usageError({ code: 'provider-unknown', what: 'There is no such service provider that you may see' });
    case 'change-differs':
      return workFailed({
        code: 'change-differs',
        what: 'The central database holds another change under the same uid',
        todo: 'Submit the rows again as a new change.',
      });
    default:
      return error;
  }
}

export function editRefused(uid: string): Error {
  return workFailed({
    code: 'edit-refused-centrally',
    what: 'The central database does not take another identifier for this row',
    where: uid,
    why: 'the row was applied, or belongs to another desk',
  });
}
