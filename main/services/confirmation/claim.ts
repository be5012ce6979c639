import { createHash } from 'node:crypto';
import { z } from 'zod';
import { redact, type Json } from '../../lib/redact';
import type { CallbackClaim } from './types';

/** Reads a callback's body: hostile until its credentials are compared, and tolerant of all that is not documented. */
export type BodyReading =
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'read'; readonly body: Json; readonly username: string; readonly password: string };

/** Real callbacks nest four levels. Deeper ones would only serve to exhaust whoever walks them. */
const MAX_DEPTH = 16;

export function readCallbackBody(text: string): BodyReading {
  if (isTooDeep(text) || text.includes('__proto__')) return { kind: 'unreadable' };
  let body: Json;
  try {
    body = JSON.parse(text) as Json;
  } catch {
    return { kind: 'unreadable' };
  }
  const credentials = credentialsSchema.safeParse(body);
  return credentials.success ? { kind: 'read', body, ...credentials.data } : { kind: 'unreadable' };
}

const credentialsSchema = z.object({ username: z.string().catch(''), password: z.string().catch('') });

/** Counts brackets outside of strings, before a parser sees them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return false;
}

const identifier = z.object({
  id: z.union([z.string(), z.number().transform(String)]).pipe(z.string().max(64)),
  kind: z.string().max(32),
});
/** Entries that are no identifiers are left out; a list that is none counts as absent. */
const identifiers = z
  .array(identifier.nullable().catch(null))
  .max(100)
  .catch([])
  .transform((list) => list.filter((item) => item !== null).map(({ id, kind }) => ({ id, kind: kind.toLowerCase() })));

const claimSchema = z.object({
  requestId: z.string().min(1).max(200),
  status: z.string().max(100).catch(''),
  deviceIds: identifiers,
  deviceResponse: z
    .object({ changeIdentifierResponse: z.object({ deviceIds: identifiers }) })
    .nullable()
    .catch(null),
  faultResponse: z
    .object({ faultcode: z.string().max(500).catch(''), faultstring: z.string().max(2000).catch('') })
    .nullable()
    .catch(null),
  callbackCount: z.number().int().nullable().catch(null),
});

/**
 * What a callback claims. Its status decides, whatever its case; a fault beside a status that nobody knows is a
 * failure (thingspace documentation, "Parser advice"). Of the new identifiers nothing is required.
 *
 * @returns null: it names no request, so it is no callback of ours
 */
export function readClaim(body: Json): CallbackClaim | null {
  const parsed = claimSchema.safeParse(body);
  if (!parsed.success) return null;
  const { requestId, deviceIds, deviceResponse, faultResponse, callbackCount } = parsed.data;
  return {
    requestId,
    status: statusOf(parsed.data.status, faultResponse !== null),
    faultCode: faultResponse === null || faultResponse.faultcode === '' ? null : faultResponse.faultcode,
    faultText: faultResponse === null || faultResponse.faultstring === '' ? null : faultResponse.faultstring,
    deviceIds,
    newIds: deviceResponse?.changeIdentifierResponse.deviceIds ?? [],
    callbackCount,
  };
}

function statusOf(status: string, hasFault: boolean): CallbackClaim['status'] {
  switch (status.trim().toLowerCase()) {
    case 'success':
      // It says both: nobody may decide by it.
      return hasFault ? 'other' : 'success';
    case 'failed':
    case 'failure':
      return 'failed';
    case '':
      return hasFault ? 'failed' : 'other';
    default:
      return 'other';
  }
}

/** The same for every delivery of one callback: all that it claims but the number of the delivery. */
export function claimDigest(claim: CallbackClaim): string {
  const sorted = (ids: CallbackClaim['deviceIds']): string[] => ids.map(({ id, kind }) => `${kind}=${id}`).sort();
  const { requestId, status, faultCode, deviceIds, newIds } = claim;
  const text = JSON.stringify([requestId, status, faultCode, sorted(deviceIds), sorted(newIds)]);
  return createHash('sha256').update(text).digest('hex');
}

/** The body as it is kept: without credentials, also where a text repeats the password. */
export function keptBody(body: Json, password: string): string {
  const { username: _username, ...rest } = redact(body) as Readonly<Record<string, Json>>;
  return withoutSecret(JSON.stringify(rest), JSON.stringify(password).slice(1, -1));
}

/** The claim as it is kept: its free text may repeat the password. */
export function keptClaim(claim: CallbackClaim, password: string): CallbackClaim {
  return { ...claim, faultText: claim.faultText === null ? null : withoutSecret(claim.faultText, password) };
}

function withoutSecret(text: string, secret: string): string {
  return secret === '' ? text : text.replaceAll(secret, '[redacted]');
}
