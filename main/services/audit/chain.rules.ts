import type { AuditEntry } from '../../../shared/domain/audit';
import { canonicalText, sha256 } from '../../lib/canonical';
import { redact, type Json } from '../../lib/redact';
import type { AuditEvent, ChainHead } from './types';

/** What the first entry of a chain is appended to. */
export const NO_HASH = '0'.repeat(64);

/** An entry as it is stored: `body` is the RFC 8785 text of everything but the hash, and what the hash is over. */
export interface SealedEntry {
  readonly seq: number;
  readonly body: string;
  readonly hash: string;
  /** What full-text search finds the entry by. */
  readonly text: string;
}

export function chainOf(writer: string, provider: string): string {
  return `${writer}:${provider}`;
}

/** Appends an event to the chain that ends in `head`. */
export function sealEntry(event: AuditEvent, head: ChainHead, at: string): SealedEntry {
  const details = redact(checkedJson(event.details ?? {}, 'details'));
  const entry = {
    chain: head.chain,
    seq: head.seq + 1,
    at,
    stream: event.stream,
    actor: storable(event.actor),
    action: event.action,
    provider: event.provider,
    change: event.change ?? null,
    row: event.row ?? null,
    deviceChange: event.deviceChange ?? null,
    deviceId: event.deviceId ?? null,
    correlationId: event.correlationId ?? null,
    details,
    prevHash: head.hash,
  };
  const body = canonicalText(entry);
  return { seq: entry.seq, body, hash: sha256(body), text: searchText(entry) };
}

/**
 * Only what JSON can say, or the hash would be over something else than what was meant. Half of a surrogate pair (it
 * comes with damaged files) has no UTF-8 form, and NUL has no place in PostgreSQL's jsonb: both become U+FFFD.
 *
 * @throws a Bug that names the place
 */
function checkedJson(value: unknown, place: string): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return storable(value);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => checkedJson(item, `${place}[${index}]`));
  if (typeof value === 'object' && isPlain(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [storable(key), checkedJson(inner, `${place}.${key}`)]),
    );
  }
  throw new Error(`not JSON, so it can't be audited: ${place} (${typeof value})`);
}

function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Everything a person may look for, each thing once; not the chain's own numbers and hashes. */
function searchText(
  entry: Pick<AuditEntry, 'actor' | 'action' | 'change' | 'deviceChange' | 'correlationId'> & {
    details: Json;
  },
): string {
  const words = new Set<string>([entry.action, entry.actor]);
  for (const uid of [entry.change, entry.deviceChange, entry.correlationId]) if (uid !== null) words.add(uid);
  collectWords(entry.details, words);
  return [...words].join('\n');
}

function collectWords(value: Json, into: Set<string>): void {
  if (typeof value === 'string' || typeof value === 'number') into.add(String(value));
  else if (Array.isArray(value)) for (const item of value as readonly Json[]) collectWords(item, into);
  else if (value !== null && typeof value === 'object') {
    for (const inner of Object.values(value)) collectWords(inner, into);
  }
}

/** The canonical text of the whole entry: the body with the hash in its sorted place, just before `prevHash`. */
export function exportText(body: string, entryHash: string): string {
  // Quotes inside strings are escaped, and behind the last `prevHash` there is no nested object.
  const place = body.lastIndexOf(',"prevHash":"');
  return `${body.slice(0, place)},"hash":"${entryHash}"${body.slice(place)}`;
}
