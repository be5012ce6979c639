import { redact, type Json } from '../../lib/redact';
import { parseJson } from './json';

/**
 * Keeps secrets out of what is kept of a call. Field names alone don't do: a server may repeat a token or a password in
 * the text of an error.
 */
export interface Scrubber {
  /** The text without secrets and control characters, cut to `maxCharacters`. */
  text(value: string, maxCharacters: number): string;
  json(value: Json): Json;
}

/** A shorter secret would black out half of every text, and no real one is so short. */
const MIN_SECRET_CHARACTERS = 4;
const HIDDEN = '[redacted]';

export function createScrubber(secrets: readonly (string | null | undefined)[]): Scrubber {
  const long = secrets.filter((secret): secret is string => (secret ?? '').length >= MIN_SECRET_CHARACTERS);
  // A server that repeats a JSON text inside of JSON writes a quote or a backslash in it as two or four characters.
  const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
  const hidden = [...new Set(long.flatMap((secret) => [secret, escaped(secret), escaped(escaped(secret))]))];
  // The longest first: one secret may be a part of another.
  hidden.sort((one, other) => other.length - one.length);
  const clean = (value: string): string => {
    let result = value;
    for (const secret of hidden) if (result.includes(secret)) result = result.replaceAll(secret, HIDDEN);
    return result;
  };
  const walk = (value: Json): Json => {
    if (typeof value === 'string') return clean(value);
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map((item: Json) => walk(item));
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [clean(key), walk(inner)]));
  };
  return {
    text: (value, maxCharacters) =>
      clean(value)
        .replace(/\p{Cc}+/gu, ' ')
        .slice(0, maxCharacters),
    json: (value) => walk(redact(value)),
  };
}

/** Longest piece of an answer that is no JSON to be kept. */
const EXCERPT_CHARACTERS = 500;

/**
 * What is kept of an answer. JSON is kept redacted; of anything else only its beginning, and nothing at all of what
 * looks like cut-off JSON or names personal data: there no field name protects the values.
 */
export function keptAnswer(scrubber: Scrubber, body: string, contentType: string): Json {
  if (body === '') return null;
  const json = parseJson(body);
  if (json !== undefined) return scrubber.json(json);
  const personal = /^\s*[[{"]/.test(body) || body.includes('PrimaryPlaceOfUse');
  return {
    contentType: scrubber.text(contentType, 100),
    sizeCharacters: body.length,
    ...(personal ? {} : { excerpt: scrubber.text(body, EXCERPT_CHARACTERS) }),
  };
}
