import { jobMessageSchema } from '../../shared/domain/job';
import type { DeadLetter, DeadLetterChoice } from '../../shared/contract/queue';
import type { DeadLetter as StoredLetter } from '../services/changes';
import { faultSchema } from '../../shared/domain/fault';
import type { DeadFilter } from '../services/queue';
import { services, type Caller, type HandlersOf } from './handlers';

const actOf = (caller: Caller, note: string): { by: string; note: string } => ({
  by: services(caller).session.userName,
  note,
});

export function queueHandlers(): HandlersOf<'queue'> {
  return {
    'queue.stats': async (_input, caller) => {
      const stats = await services(caller).queue.stats();
      return { ...stats, byProvider: [...stats.byProvider], holds: [...stats.holds] };
    },
    'queue.dead': async ({ limit, offset, ...filter }, caller) => {
      const { total, letters } = await services(caller).changes.deadLetters.list(filterOf(filter), { limit, offset });
      return { total, letters: letters.map(shown) };
    },
    'queue.redrive': async ({ choice, perMinute }, caller) => {
      const { deadLetters } = services(caller).changes;
      const { redriven, refused } = await deadLetters.redrive(chosen(choice), perMinute, actOf(caller, ''));
      return { redriven, refused: [...refused] };
    },
    'queue.edit': async ({ jobId, new: next, reason }, caller) =>
      shown(await services(caller).changes.deadLetters.edit(jobId, next, actOf(caller, reason))),
    'queue.discard': async ({ choice, reason }, caller) => ({
      discarded: await services(caller).changes.deadLetters.discard(chosen(choice), actOf(caller, reason)),
    }),
    'queue.pause': async ({ providerUid, note }, caller) => {
      const { devices, session, holds } = services(caller);
      return holds.pause(await devices.provider(session, providerUid), actOf(caller, note));
    },
    'queue.resume': async ({ providerUid, note }, caller) => {
      const { devices, session, holds } = services(caller);
      return holds.resume(await devices.provider(session, providerUid), actOf(caller, note));
    },
  };
}

function filterOf(filter: {
  readonly providerUid: string | null;
  readonly code: string | null;
  readonly changeId: number | null;
}): DeadFilter {
  return {
    ...(filter.providerUid === null ? {} : { providerUid: filter.providerUid }),
    ...(filter.code === null ? {} : { code: filter.code }),
    ...(filter.changeId === null ? {} : { changeId: filter.changeId }),
  };
}

function chosen(choice: DeadLetterChoice): DeadFilter {
  switch (choice.kind) {
    case 'selected':
      return { jobIds: choice.jobIds };
    case 'filtered':
      return filterOf(choice.filter);
    case 'all':
      return {};
  }
}

function shown(letter: StoredLetter): DeadLetter {
  const message = jobMessageSchema.safeParse(parsedOrNull(letter.rawMessage));
  const faults = letter.history.map((entry) => faultSchema.safeParse(entry['fault']));
  return {
    jobId: letter.id,
    changeId: letter.bulkChangeId,
    changeName: letter.changeName,
    provider: letter.providerName,
    row: letter.row?.row ?? null,
    mdn: letter.row?.mdn ?? null,
    old: letter.row?.old ?? {},
    new: letter.row?.new ?? {},
    status: letter.row?.status ?? null,
    attempts: letter.row?.attempts ?? letter.attempts,
    deadAt: letter.deadAt,
    fault: faults.findLast((read) => read.success)?.data ?? letter.row?.error ?? null,
    message: message.success ? message.data : null,
    rawMessage: letter.rawMessage,
    history: letter.history.map((entry) => ({ ...entry })),
  };
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
