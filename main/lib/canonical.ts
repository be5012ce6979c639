import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** RFC 8785: one text for one JSON value, so that a digest over it can be repeated anywhere. @throws a Bug for what is not JSON */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('only JSON has a canonical form');
  return text;
}

/** In hex. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
