import { z } from 'zod';
import { identifierPairSchema, type IdentifierPair } from '../../../shared/domain/change';
import type { CentralTrx } from '../../centraldb/types';
import type {
  EnrolChange,
  EnrolRow,
  IdentifierUpdate,
  IdentifierUpdateResult,
  IdentifiersService,
  ProviderPause,
} from './types';

const enrolledSchema = z.object({
  centralId: z.number(),
  grants: z.array(
    z.object({
      uid: z.string(),
      centralId: z.number(),
      granted: z.boolean(),
      fencing: z.number(),
      heldBy: z.string().nullable(),
    }),
  ),
});
export type Enrolled = z.infer<typeof enrolledSchema>;

const updateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('updated') }),
  z.object({ kind: z.literal('already-applied') }),
  z.object({ kind: z.literal('conflict'), reason: z.string(), found: identifierPairSchema.nullable() }),
]);

const senderSchema = z.union([z.object({ fencing: z.number() }), z.object({ holder: z.string() })]);

type Value = string | number | null | readonly string[];

async function call<T>(
  trx: CentralTrx,
  schema: z.ZodType<T>,
  sql: string,
  values: readonly Value[],
  from = '',
): Promise<T> {
  const answer: { rows: { answer: unknown }[] } = await trx.raw(`select ${sql} as answer ${from}`, values as never);
  return schema.parse(answer.rows[0]?.answer);
}

const milliseconds = (count: number): string => `${count} milliseconds`;

export function enrol(
  trx: CentralTrx,
  change: EnrolChange,
  rows: readonly EnrolRow[],
  leaseMs: number,
): Promise<Enrolled> {
  return call(trx, enrolledSchema, 'lease_enrol(?::jsonb, ?::jsonb, ?)', [
    JSON.stringify(change),
    JSON.stringify(rows),
    milliseconds(leaseMs),
  ]);
}

export function renewLeases(trx: CentralTrx, uids: readonly string[], leaseMs: number): Promise<readonly string[]> {
  return call(trx, z.array(z.string()), 'lease_renew(?::uuid[], ?)', [uids, milliseconds(leaseMs)]);
}

export interface SendMark {
  readonly uid: string;
  readonly fencing: number;
}

/** @returns in the order of the marks */
export function markSending(
  trx: CentralTrx,
  marks: readonly SendMark[],
  marginMs: number,
): Promise<readonly boolean[]> {
  return call(
    trx,
    z.array(z.boolean()),
    `jsonb_agg(lease_mark_sending((mark ->> 'uid')::uuid, (mark ->> 'fencing')::bigint, ?) order by place)`,
    [milliseconds(marginMs), JSON.stringify(marks)],
    'from jsonb_array_elements(?::jsonb) with ordinality as marks (mark, place)',
  );
}

export async function releaseLeases(trx: CentralTrx, uids: readonly string[]): Promise<void> {
  await trx.raw('select lease_release(?::uuid[])', [uids] as never);
}

/**
 * Row by row in the order of the lines, so that two desks with the same lines wait for each other and never in a circle.
 *
 * @returns in the order of the updates. One that is refused by an error refuses all of them.
 */
export async function updateIdentifiers(
  trx: CentralTrx,
  updates: readonly IdentifierUpdate[],
): Promise<readonly IdentifierUpdateResult[]> {
  const inOrder = updates.map((update, place) => ({ ...update, place })).sort((a, b) => a.deviceId - b.deviceId);
  const answers = await call(
    trx,
    z.array(updateSchema),
    `jsonb_agg(usp_update_identifier_for_thingspace((u ->> 'deviceChangeUid')::uuid, (u ->> 'providerUid')::uuid,
       (u ->> 'deviceId')::bigint, u -> 'old' ->> 'iccid', u -> 'old' ->> 'imei', u -> 'new' ->> 'iccid',
       u -> 'new' ->> 'imei', u ->> 'customer', u ->> 'ratePlan', u ->> 'ratePool', (u ->> 'effectiveDate')::date,
       u ->> 'processedBy', (u ->> 'fencing')::bigint) order by place)`,
    [JSON.stringify(inOrder)],
    'from jsonb_array_elements(?::jsonb) with ordinality as updates (u, place)',
  );
  const byPlace = new Map(inOrder.map(({ place }, index) => [place, answers[index]]));
  return updates.map((_update, place) => updateSchema.parse(byPlace.get(place)));
}

export async function pushStatuses(
  trx: CentralTrx,
  rows: Parameters<IdentifiersService['pushStatuses']>[0],
): Promise<void> {
  await trx.raw('select device_change_push(?::jsonb)', [JSON.stringify(rows)]);
}

export function acquireSender(
  trx: CentralTrx,
  providerUid: string,
  senderMs: number,
): Promise<{ fencing: number } | { holder: string }> {
  return call(trx, senderSchema, 'sender_acquire(?, ?)', [providerUid, milliseconds(senderMs)]);
}

export function renewSender(trx: CentralTrx, providerUid: string, fencing: number, senderMs: number): Promise<boolean> {
  return call(trx, z.boolean(), 'sender_renew(?, ?, ?)', [providerUid, fencing, milliseconds(senderMs)]);
}

export async function releaseSender(trx: CentralTrx, providerUid: string, fencing: number): Promise<void> {
  await trx.raw('select sender_release(?, ?)', [providerUid, fencing]);
}

export async function pauseProvider(trx: CentralTrx, providerUid: string, note: string): Promise<void> {
  await trx.raw('select provider_pause_begin(?, ?)', [providerUid, note]);
}

export function resumeProvider(trx: CentralTrx, providerUid: string): Promise<boolean> {
  return call(trx, z.boolean(), 'provider_pause_end(?)', [providerUid]);
}

const pausesSchema = z.array(z.object({ providerUid: z.string(), note: z.string(), by: z.string(), at: z.number() }));

export function listPauses(trx: CentralTrx): Promise<readonly ProviderPause[]> {
  return call(trx, pausesSchema, 'provider_pauses()', []);
}

export function editNew(trx: CentralTrx, uid: string, next: IdentifierPair): Promise<boolean> {
  return call(trx, z.boolean(), 'device_change_edit(?, ?, ?)', [uid, next.iccid ?? null, next.imei ?? null]);
}

const guardAnswerSchema = z.enum(['go', 'wait', 'stopped']);
export type GuardAnswer = z.infer<typeof guardAnswerSchema>;

export function tryLogin(trx: CentralTrx, providerUid: string): Promise<GuardAnswer> {
  return call(trx, guardAnswerSchema, 'login_guard_try(?)', [providerUid]);
}

/** How an attempt ended, or that a person allows new ones. */
export type LoginOutcome = 'succeeded' | 'failed' | 'uncount' | 'reset';

const OUTCOME_SQL: Readonly<Record<LoginOutcome, string>> = {
  succeeded: 'select login_guard_succeeded(?)',
  failed: 'select login_guard_failed(?)',
  uncount: 'select login_guard_uncount(?)',
  reset: 'select login_guard_reset(?)',
};

export async function noteLogin(trx: CentralTrx, providerUid: string, outcome: LoginOutcome): Promise<void> {
  await trx.raw(OUTCOME_SQL[outcome], [providerUid]);
}
