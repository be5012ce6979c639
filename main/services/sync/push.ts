import { SwapdeskError, workFailed } from '../../../shared/domain/fault';
import { isAllowed } from '../../../shared/domain/permission';
import type { AuditService, ChainHead } from '../audit';
import { appendAudit, readOwnHeads, storeCallbacks } from './central.repo';
import { deleteOutbox, readOutbox } from './outbox.repo';
import type { PullDeps } from './pull';

export interface PushDeps extends PullDeps {
  readonly audit: Pick<AuditService, 'heads' | 'after'>;
}

const BATCH = 500;
/** Raised by `audit_append` (procedures/audit.sql). */
const REFUSALS: readonly string[] = ['audit-foreign-chain', 'audit-unreadable', 'audit-gap', 'audit-rewritten'];

/** Stores what waits in the outbox, oldest first. Twice is once: each record has its uid. @returns how many */
export async function pushOutbox(deps: PushDeps): Promise<number> {
  const session = deps.session();
  // They wait for the next one who may.
  if (!isAllowed(session.role, 'callbacks.store')) return 0;
  let pushed = 0;
  for (;;) {
    const records = await readOutbox(deps.local.read, BATCH);
    if (records.length === 0) return pushed;
    const unknown = records.find((record) => record.kind !== 'callback');
    if (unknown !== undefined) throw new Error(`outbox record of unknown kind ${unknown.kind}`);
    await deps.inCentral((trx) => storeCallbacks(trx, session, records));
    await deps.local.write((trx) =>
      deleteOutbox(
        trx,
        records.map((record) => record.id),
      ),
    );
    pushed += records.length;
  }
}

/**
 * Hands each chain's new entries over, after those that the central database has countersigned.
 *
 * @returns how many entries
 * @throws failed `audit-refused` when the trail here does not continue what was handed over; the others are pushed first
 */
export async function pushAudit(deps: PushDeps): Promise<number> {
  let pushed = 0;
  let refusal: SwapdeskError | null = null;
  const countersigned = new Map((await deps.inCentral(readOwnHeads)).map((head) => [head.chain, head.seq]));
  for (const head of await deps.audit.heads()) {
    try {
      pushed += await pushChain(deps, head, countersigned.get(head.chain) ?? 0);
    } catch (error) {
      const reason = refusedBecause(error);
      if (reason === null) throw error;
      deps.log.error('audit chain refused by the central database', { chain: head.chain, reason });
      // A chain of a provider that the user may not see any more, or of another desktop whose folder was copied.
      if (reason !== 'audit-foreign-chain') refusal ??= auditRefused(head.chain, reason, error);
    }
  }
  if (refusal !== null) throw refusal;
  return pushed;
}

async function pushChain(deps: PushDeps, head: ChainHead, countersignedSeq: number): Promise<number> {
  let seq = countersignedSeq;
  let pushed = 0;
  while (seq < head.seq) {
    const entries = await deps.audit.after(head.chain, seq, BATCH);
    const last = entries.at(-1);
    if (last === undefined) return pushed;
    await deps.inCentral((trx) => appendAudit(trx, head.chain, entries));
    seq = last.seq;
    pushed += entries.length;
  }
  return pushed;
}

function refusedBecause(error: unknown): string | null {
  return error instanceof SwapdeskError && REFUSALS.includes(error.code) ? error.code : null;
}

function auditRefused(chain: string, reason: string, cause: unknown): SwapdeskError {
  return workFailed(
    {
      code: 'audit-refused',
      what: 'The central database does not take this audit trail',
      where: chain,
      why: `its entries do not continue those that were handed over before (${reason})`,
      todo: 'Run `swapdesk audit verify`: it names the first bad entry. Then tell an auditor.',
    },
    cause,
  );
}
