import { changedKinds, type IdentifierPair } from '../../../shared/domain/change';
import { usageError, workFailed } from '../../../shared/domain/fault';
import { parseIccid } from '../../../shared/domain/iccid';
import { parseImei } from '../../../shared/domain/imei';
import { isoTime } from '../../lib/clock';
import type { IdentifiersService } from '../identifiers/types';
import type { DeadJob } from '../queue/types';
import { findRow, type StoredRow } from './changes.repo';
import { editNew, lineWith, namesOfChanges } from './control.repo';
import { move, type ChangesCore } from './core';
import { retryRows } from './retry';
import { faultEvent, pairJson, rowEvent } from './trail';
import type { Act, DeadChoice, DeadLetter, DeadLetterActs } from './types';

/** What a person does with jobs whose attempts are used up. Nothing leaves the dead letters but through these. */
export interface DeadLetterDeps {
  readonly core: ChangesCore;
  readonly identifiers: Pick<IdentifiersService, 'enrol' | 'editNew'>;
}

const LETTERS_A_TIME = 500;
const MOST_LETTERS = 1_000_000;

export function createDeadLetters(deps: DeadLetterDeps): DeadLetterActs {
  const { core } = deps;
  return {
    async list(filter, page) {
      const { total, letters } = await core.queue.deadLetters(filter, page);
      return { total, letters: await withRows(core, letters) };
    },
    redrive: (choice, perMinute, act) => redrive(deps, choice, perMinute, act),
    edit: (jobId, next, act) => edit(deps, jobId, next, act),
    discard: (choice, act) => discard(core, choice, act),
  };
}

/** Two queries, however many letters the page has: the rows are asked for together. */
async function withRows(core: ChangesCore, letters: readonly DeadJob[]): Promise<readonly DeadLetter[]> {
  const rows = await Promise.all(letters.map((letter) => findRow(core.local.read, letter.deviceChangeId)));
  const names = await namesOfChanges(core.local.read, [...new Set(letters.map((letter) => letter.bulkChangeId))]);
  return letters.map((letter, index) => {
    const change = names.get(letter.bulkChangeId);
    const providerName = change?.providerName ?? letter.providerUid;
    return { ...letter, row: rows[index] ?? null, changeName: change?.name ?? '', providerName };
  });
}

async function chosen(core: ChangesCore, choice: DeadChoice): Promise<readonly DeadJob[]> {
  const { letters } = await core.queue.deadLetters(choice, { limit: MOST_LETTERS, offset: 0 });
  // In the order in which they died: who waited longest goes first.
  return letters.toReversed();
}

async function redrive(
  deps: DeadLetterDeps,
  choice: DeadChoice,
  perMinute: number | null,
  act: Act,
): ReturnType<DeadLetterActs['redrive']> {
  const { core } = deps;
  const letters = await chosen(core, choice);
  const now = core.clock.now();
  const gapMs = perMinute === null ? 0 : 60_000 / perMinute;
  let started = 0;
  const runAt = (): number => now + Math.round(gapMs * started++);
  const refused: { jobId: number; why: string }[] = [];
  let redriven = 0;
  for (const part of byChange(letters).values()) {
    const jobIds = new Map(part.map((letter) => [letter.deviceChangeId, letter.id]));
    for (let from = 0; from < part.length; from += LETTERS_A_TIME) {
      const rowIds = part.slice(from, from + LETTERS_A_TIME).map((letter) => letter.deviceChangeId);
      const done = await retryRows(deps, rowIds, act, runAt);
      redriven += done.retried;
      refused.push(...done.refused.map(({ row, why }) => ({ jobId: jobIds.get(row.id) ?? 0, why })));
    }
  }
  core.queue.ring();
  return { redriven, refused };
}

function byChange(letters: readonly DeadJob[]): ReadonlyMap<number, readonly DeadJob[]> {
  const parts = new Map<number, DeadJob[]>();
  for (const letter of letters) {
    const part = parts.get(letter.bulkChangeId) ?? [];
    part.push(letter);
    parts.set(letter.bulkChangeId, part);
  }
  return parts;
}

async function edit(deps: DeadLetterDeps, jobId: number, next: IdentifierPair, act: Act): Promise<DeadLetter> {
  const { core } = deps;
  const { letters } = await core.queue.deadLetters({ jobIds: [jobId] }, { limit: 1, offset: 0 });
  const [letter] = letters;
  const row = letter === undefined ? null : await findRow(core.local.read, letter.deviceChangeId);
  if (letter === undefined || row === null) throw letterUnknown(jobId);
  if (row.status !== 'dead_letter') throw editRefused(row, `the row is ${row.status}`);
  if (!isProvenUnsent(row)) throw editRefused(row, 'nothing has proved yet what the carrier did with it');
  const wanted = await checkedPair(core, row, next);
  await deps.identifiers.editNew(row.uid, wanted);
  await core.local.write(async (trx) => {
    const stored = { iccid: wanted.iccid ?? null, imei: wanted.imei ?? null };
    if (!(await editNew(trx, row.id, stored, core.clock.now()))) throw editRefused(row, 'it was redriven meanwhile');
    const before = JSON.stringify(row.new);
    const detail = `${before} → ${JSON.stringify(wanted)}: ${act.note}`;
    await core.queue.noteDead(trx, jobId, { act: 'edited', by: act.by, detail });
    const details = { before: pairJson(row.new), after: pairJson(wanted), reason: act.note };
    await core.audit.record(trx, [rowEvent({ ...row, new: wanted }, act.by, 'row.edited', details)]);
  });
  const [edited] = (await core.queue.deadLetters({ jobIds: [jobId] }, { limit: 1, offset: 0 })).letters;
  const [told] = await withRows(core, [edited ?? letter]);
  if (told === undefined) throw letterUnknown(jobId);
  return told;
}

/** Never sent, refused in so many words, or read back unchanged after the last send. */
function isProvenUnsent(row: StoredRow): boolean {
  return row.attempts === 0 || row.error?.class === 'api_permanent' || row.error?.code === 'sends-used-up';
}

/** The identifiers that the change type needs, well formed and on no other line. */
async function checkedPair(core: ChangesCore, row: StoredRow, next: IdentifierPair): Promise<IdentifierPair> {
  const wanted: { iccid?: string; imei?: string } = {};
  for (const kind of changedKinds(row.changeType)) {
    const raw = next[kind] ?? row.new[kind] ?? '';
    const read = kind === 'iccid' ? parseIccid(raw) : parseImei(raw);
    if (!read.ok) throw identifierRefused(row, kind, raw, `it is none (${read.error.code})`);
    const holder = await lineWith(core.local.read, kind, read.value);
    if (holder !== null) throw identifierRefused(row, kind, raw, `line ${holder} has it`);
    wanted[kind] = read.value;
  }
  return wanted;
}

async function discard(core: ChangesCore, choice: DeadChoice, act: Act): Promise<number> {
  let discarded = 0;
  for (const letter of await chosen(core, choice)) {
    await core.local.write(async (trx) => {
      if ((await core.queue.removeDead(trx, [letter.id])) === 0) return;
      discarded += 1;
      const row = await findRow(trx, letter.deviceChangeId);
      if (row === null || row.status !== 'dead_letter') return;
      const at = isoTime(core.clock.now());
      const disposition = {
        outcome: isProvenUnsent(row) ? 'not_changed' : 'unproven',
        proof: 'person',
        detail: `Given up by ${act.by}: ${act.note}`,
        by: act.by,
        at,
      } as const;
      await move(core, trx, row.id, 'dead_letter', 'error', { error: row.error, disposition });
      await core.audit.record(trx, [
        rowEvent(row, act.by, 'row.discarded', { reason: act.note, code: row.error?.code ?? null }),
        ...(row.error === null ? [] : [faultEvent(row, act.by, row.error)]),
      ]);
    });
  }
  return discarded;
}

function letterUnknown(jobId: number): Error {
  return usageError({
    code: 'letter-unknown',
    what: 'There is no such dead letter',
    where: String(jobId),
    todo: 'List them with: swapdesk queue dead',
  });
}

function editRefused(row: StoredRow, why: string): Error {
  return workFailed({
    code: 'edit-refused',
    what: 'The dead letter can’t be edited now',
    where: `change ${row.bulkChangeId}, row ${row.row}`,
    why,
    todo: 'Redrive it: the line is read back before anything is sent.',
  });
}

function identifierRefused(row: StoredRow, kind: 'iccid' | 'imei', value: string, why: string): Error {
  return usageError({
    code: 'identifier-refused',
    what: `The new ${kind.toUpperCase()} can’t be used`,
    where: `change ${row.bulkChangeId}, row ${row.row}: ${value === '' ? 'none given' : value}`,
    why,
  });
}
