import { usageError, workFailed } from '../../../shared/domain/fault';
import type { Trx } from '../../localdb/types';
import type { AuditEvent } from '../audit/types';
import { findChange, findChangeHead } from './bulk.repo';
import type { ChangesCore } from './core';
import type { Act, BulkChange } from './types';
import type { Json } from '../../lib/redact';

/** By number or uid. @throws usage `change-unknown` */
export async function getChange(core: Pick<ChangesCore, 'local'>, idOrUid: string): Promise<BulkChange> {
  const change = await findChange(core.local.read, idOrUid);
  if (change !== null) return change;
  throw usageError({
    code: 'change-unknown',
    what: 'There is no such bulk change here',
    where: idOrUid,
    todo: 'List them with: swapdesk change list',
  });
}

export function changeEnded(change: BulkChange, what: string): Error {
  return workFailed({
    code: 'change-ended',
    what,
    where: `change ${change.id} (${change.name})`,
    why: 'every row of it has been sent or has ended',
    todo: 'Failed rows can be sent again with `swapdesk change retry`; processed ones taken back with `change rollback`.',
  });
}

/** An act of a person on a whole change. */
export async function noteAct(
  core: ChangesCore,
  trx: Trx,
  change: BulkChange,
  action: string,
  act: Act,
  details: Readonly<Record<string, Json>> = {},
): Promise<void> {
  const { portal } = await findChangeHead(core.local.read, change.id);
  const event: AuditEvent = {
    stream: portal,
    actor: act.by,
    action,
    provider: change.providerUid,
    change: change.uid,
    details: { name: change.name, note: act.note, ...details },
  };
  await core.audit.record(trx, [event]);
}
