import { z } from 'zod';
import { accountRoleSchema } from '../../../shared/domain/permission';
import type { CentralTrx } from '../../centraldb/types';

const scopeSchema = z.object({
  user_uid: z.string(),
  name: z.string(),
  role: accountRoleSchema,
  provider_uids: z.array(z.string()).nullable(),
  customer_uids: z.array(z.string()).nullable(),
  /** Epoch milliseconds. */
  expires_at: z.number(),
});
export type SessionFacts = z.infer<typeof scopeSchema>;

const verdictSchema = z.object({
  verdict: z.enum(['signed_in', 'refused', 'too_many', 'invalid']),
  wait_seconds: z.number().nullable(),
});

const userSchema = z.object({
  uid: z.string(),
  name: z.string(),
  role: accountRoleSchema,
  providers: z.array(z.string()),
  customers: z.array(z.string()),
  disabled: z.boolean(),
  last_sign_in_at: z.union([z.number(), z.string()]).nullable(),
});
export type UserFacts = z.infer<typeof userSchema>;

const answerSchema = z.union([
  z.object({ user: userSchema }),
  z.object({
    problem: z.string(),
    names: z.array(z.string()).optional(),
    known: z.array(z.string()).nullable().optional(),
  }),
]);
export type UserAnswer = z.infer<typeof answerSchema>;

async function firstRow(trx: CentralTrx, sql: string, values: readonly (string | Buffer | readonly string[])[]) {
  const answer: { rows: unknown[] } = await trx.raw(sql, values as never);
  return answer.rows[0];
}

export async function readSalt(trx: CentralTrx, name: string): Promise<Buffer> {
  const row = await firstRow(trx, 'select sign_in_salt(?) as salt', [name]);
  return z.object({ salt: z.instanceof(Buffer) }).parse(row).salt;
}

export type SignInVerdict =
  | { readonly kind: 'signed-in'; readonly facts: SessionFacts }
  | { readonly kind: 'refused' }
  | { readonly kind: 'too-many'; readonly waitSeconds: number };

export async function signIn(
  trx: CentralTrx,
  attempt: { name: string; proof: Buffer; desktopUid: string; desktopName: string; tokenHash: Buffer },
): Promise<SignInVerdict> {
  const { name, proof, desktopUid, desktopName, tokenHash } = attempt;
  const row = await firstRow(trx, 'select * from sign_in(?, ?, ?, ?, ?)', [
    name,
    proof,
    desktopUid,
    desktopName,
    tokenHash,
  ]);
  const { verdict, wait_seconds: waitSeconds } = verdictSchema.parse(row);
  if (verdict === 'too_many') return { kind: 'too-many', waitSeconds: waitSeconds ?? 1 };
  if (verdict !== 'signed_in') return { kind: 'refused' };
  const facts = z.object({ ...scopeSchema.shape, user_uid: z.string() }).parse(row);
  return { kind: 'signed-in', facts };
}

export async function resumeSession(trx: CentralTrx, token: string, desktopUid: string): Promise<SessionFacts | null> {
  const row = await firstRow(trx, 'select * from session_resume(?, ?)', [token, desktopUid]);
  return row === undefined ? null : scopeSchema.parse(row);
}

export async function endSession(trx: CentralTrx): Promise<void> {
  await trx.raw('select sign_out()');
}

export async function addUser(
  trx: CentralTrx,
  user: {
    uid: string;
    name: string;
    role: string;
    salt: Buffer;
    verifier: Buffer;
    providers: readonly string[];
    customers: readonly string[];
  },
): Promise<UserAnswer> {
  const row = await firstRow(trx, 'select user_add(?, ?, ?, ?, ?, ?::text[], ?::text[]) as answer', [
    user.uid,
    user.name,
    user.role,
    user.salt,
    user.verifier,
    user.providers,
    user.customers,
  ]);
  return z.object({ answer: answerSchema }).parse(row).answer;
}

export async function listUsers(trx: CentralTrx): Promise<readonly UserFacts[]> {
  const answer: { rows: unknown[] } = await trx.raw('select * from user_list()');
  return z.array(userSchema).parse(answer.rows);
}

export async function disableUser(trx: CentralTrx, name: string): Promise<UserAnswer> {
  const row = await firstRow(trx, 'select user_disable(?) as answer', [name]);
  return z.object({ answer: answerSchema }).parse(row).answer;
}
