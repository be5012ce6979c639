import { workFailed } from '../../shared/domain/fault';
import type { CentralTrx } from '../../main/centraldb';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import type { LocalDb } from '../../main/localdb/types';
import type { AuditEvent } from '../../main/services/audit/types';
import {
  createDraftJobs,
  createDraftsService,
  createProblemRows,
  type DraftWork,
  type ProblemRows,
} from '../../main/services/drafts';
import type { DraftActor, DraftsService, RowPage } from '../../main/services/drafts/types';
import { createRowJudge } from '../../main/services/imports';

export interface DraftsHere {
  readonly drafts: DraftsService;
  readonly problemRows: ProblemRows;
  /** What was told to the trail. */
  readonly audited: AuditEvent[];
  /** Becomes whoever works from now on. */
  become(actor: Partial<DraftActor>): void;
}

type InCentral = <T>(fn: (trx: CentralTrx) => Promise<T>) => Promise<T>;

const withoutCentral: InCentral = () =>
  Promise.reject(workFailed({ code: 'central-unreachable', what: 'No central database' }));

/**
 * The real drafts service on a test's database, with or without a central one.
 *
 * @param workers who works over whole drafts; left out: this thread, whatever their length
 */
export function draftsHere(
  local: LocalDb,
  inCentral: InCentral = withoutCentral,
  workers?: (rows: number) => DraftWork,
): DraftsHere {
  const audited: AuditEvent[] = [];
  let actor: DraftActor = { userName: 'olivia', role: 'operator', providerUids: null };
  const judge = createRowJudge({ read: local.read, clock: systemClock });
  const { signal } = new AbortController();
  const rightHere = createDraftJobs({ local, judge, clock: systemClock, signal });
  const workFor = workers ?? (() => rightHere);
  const drafts = createDraftsService({
    local,
    judge,
    workFor,
    audit: { record: async (_trx, events) => void audited.push(...events) },
    clock: systemClock,
    ids: systemIds,
    actor: () => actor,
    inCentral,
  });
  return {
    drafts,
    problemRows: createProblemRows({ workFor }),
    audited,
    become: (change) => (actor = { ...actor, ...change }),
  };
}

/** A page in the order of the file, unless more is said. */
export function pageOf({
  filter,
  ...page
}: { filter?: Partial<RowPage['filter']> } & Partial<Omit<RowPage, 'filter'>> = {}): RowPage {
  return {
    filter: { verdict: null, finding: null, text: '', excluded: 'any', ...filter },
    sort: { by: 'row', direction: 'ascending' },
    limit: 1_000,
    offset: 0,
    ...page,
  };
}
