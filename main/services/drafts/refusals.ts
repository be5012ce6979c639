import { notPermitted, usageError, workFailed, type SwapdeskError } from '../../../shared/domain/fault';

export function draftUnknown(idOrUid: string): SwapdeskError {
  return usageError({
    code: 'draft-unknown',
    what: 'There is no such draft',
    where: idOrUid,
    todo: 'See "draft list"; a draft goes when all its rows are submitted or when it is handed over.',
  });
}

export function rowUnknown(draftId: number, row: number): SwapdeskError {
  return usageError({
    code: 'draft-row-unknown',
    what: `The draft has no row ${row}`,
    where: `draft ${draftId}`,
    todo: 'Rows go when they are submitted; see "draft show".',
  });
}

export function nothingToUndo(draftId: number): SwapdeskError {
  return usageError({
    code: 'nothing-to-undo',
    what: 'There is nothing to undo',
    where: `draft ${draftId}`,
    why: 'nothing was done since the import, or rows were submitted since',
  });
}

export function nothingToRedo(draftId: number): SwapdeskError {
  return usageError({
    code: 'nothing-to-redo',
    what: 'There is nothing to do again',
    where: `draft ${draftId}`,
    why: 'nothing was undone, or something else was done since',
  });
}

export function fixUnknown(code: string, fixable: readonly string[]): SwapdeskError {
  return usageError({
    code: 'fix-unknown',
    what: 'No fix of this finding can be proven right without a person',
    where: code,
    todo: `Mend the rows one by one; these can be mended together: ${fixable.join(', ')}.`,
  });
}

export function overrideRefused(code: string, why: string): SwapdeskError {
  return notPermitted({
    code: 'override-refused',
    what: 'Nobody may take responsibility for this here',
    where: code,
    why,
    todo: 'Correct the cell, or leave the row out.',
  });
}

export function beingShared(draftId: number): SwapdeskError {
  return workFailed({
    code: 'draft-being-shared',
    what: 'The draft is being handed over',
    where: `draft ${draftId}`,
    why: 'it was not certain that the central database has it; until then nobody changes or sends it',
    todo: 'Share it again when the central database can be reached.',
  });
}

export function draftUnfinished(draftId: number): SwapdeskError {
  return workFailed({
    code: 'draft-not-judged',
    what: 'The rows of the draft are still being checked after a change',
    where: `draft ${draftId}`,
    todo: 'Run "draft recheck" and look at the result.',
  });
}

export function draftBusy(draftId: number): SwapdeskError {
  return workFailed({
    code: 'draft-busy',
    what: 'The rows of the draft are being changed or checked',
    where: `draft ${draftId}`,
    why: 'another window or command of this desktop works on it',
    todo: 'Wait until it has ended, then try again.',
  });
}

/** After an hour of silence somebody else has taken it for left behind. */
export function draftTaken(draftId: number): SwapdeskError {
  return workFailed({
    code: 'draft-taken',
    what: 'Nothing was changed: the work took so long that another process took the draft over',
    where: `draft ${draftId}`,
    todo: 'Look at the draft as it is now, and try again.',
  });
}
