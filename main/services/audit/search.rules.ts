import { usageError } from '../../../shared/domain/fault';
import { isoTime } from '../../lib/clock';

/** `total` of a search counts up to here and no further: a page of five million entries must not wait for a number. */
export const SEARCH_COUNT_LIMIT = 10_000;

/** The index knows groups of three characters; shorter words are looked for in the entries themselves. */
const TRIGRAM_LENGTH = 3;
/**
 * A 20-digit number is 18 groups, most of them (89148000…) in nearly every entry. Its last nine digits find it several
 * times faster, and what they find is compared with the whole word.
 */
const TELLING_LENGTH = 9;
const PLAIN_WORD = /^[a-z0-9._:-]+$/i;

export interface TextQuery {
  /** FTS5 expression, null when no word is long enough for the index. */
  readonly match: string | null;
  /** LIKE patterns on the entry's own text, with `\` as escape. */
  readonly inBody: readonly string[];
  /** LIKE patterns on the entry's values, for words that are too short for the index. */
  readonly inValues: readonly string[];
}

/** Every word must occur; a part of a word or number is enough, in capitals or not. */
export function parseText(text: string): TextQuery {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const terms: string[] = [];
  const inBody: string[] = [];
  const inValues: string[] = [];
  for (const word of words) {
    const characters = [...word];
    if (characters.length < TRIGRAM_LENGTH) {
      inValues.push(`%${escapeLike(word)}%`);
    } else if (characters.length > TELLING_LENGTH && PLAIN_WORD.test(word)) {
      terms.push(quote(word.slice(-TELLING_LENGTH)));
      inBody.push(`%${escapeLike(word)}%`);
    } else {
      terms.push(quote(word));
    }
  }
  return { match: terms.length === 0 ? null : terms.join(' AND '), inBody, inValues };
}

function quote(word: string): string {
  return `"${word.replaceAll('"', '""').replaceAll('\0', '')}"`;
}

function escapeLike(word: string): string {
  return word.replace(/[\\%_]/g, (character) => `\\${character}`);
}

/** A day or an instant as ISO 8601, in the form in which entries carry it. @throws usage `since-unreadable` */
export function parseSince(since: string): string {
  const instantMs = Date.parse(since);
  if (/^\d{4}-\d{2}-\d{2}/.test(since) && Number.isFinite(instantMs)) return isoTime(instantMs);
  throw usageError({
    code: 'since-unreadable',
    what: 'The time to search from could not be read',
    where: since,
    todo: 'Write a day or an instant as 2026-11-24 or 2026-11-24T08:30:00Z.',
  });
}
