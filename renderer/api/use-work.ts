import type { BulkChange } from '../../shared/contract/changes';
import type { Draft } from '../../shared/contract/drafts';
import type { ContractError } from './client';
import { may, useSession } from './session';
import { useCall, useEvent } from './use-call';

const NEWEST = { limit: 50, offset: 0 };

/** The newest changes and the drafts of this desktop, kept up to date: Home shows them, the navigation counts them. */
export interface Work {
  /** Null until they came. */
  readonly changes: readonly BulkChange[] | null;
  readonly drafts: readonly Draft[];
  readonly error: ContractError | null;
  reload(): void;
}

export function useWork(): Work {
  const { session } = useSession();
  const changes = useCall('changes.list', NEWEST);
  const drafts = useCall('drafts.list', may(session, 'drafts.edit') ? null : undefined);
  useEvent('changes.progressed', changes.reload);
  useEvent('drafts.listChanged', () => {
    drafts.reload();
    // A draft that went may have become a change.
    changes.reload();
  });
  return {
    changes: changes.value?.changes ?? null,
    drafts: drafts.value ?? [],
    error: changes.error ?? drafts.error,
    reload() {
      changes.reload();
      drafts.reload();
    },
  };
}
