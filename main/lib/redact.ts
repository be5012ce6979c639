/** What must never be written anywhere: secrets by the name of their field, and the carrier's personal data. */
const SECRET_KEY =
  /^(authorization|proxy-authorization|vz-m2m-token|cookie|set-cookie|password|oldpassword|newpassword|clientsecret|client_secret|access_token|refresh_token|sessiontoken|token|secret|callbackpassword)$/i;
const PERSONAL_KEY = /^PrimaryPlaceOfUse/i;
const HIDDEN = '[redacted]';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * A copy of a JSON value without secrets and personal data. ThingSpace sends extended attributes as
 * `{key, value}` pairs, so a personal key hides its neighbour `value` too.
 */
export function redact(value: Json): Json {
  if (Array.isArray(value)) return value.map(redact);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as { readonly [key: string]: Json });
  const named = entries.find(([key]) => key === 'key')?.[1];
  const personalPair = typeof named === 'string' && PERSONAL_KEY.test(named);
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      const hidden = SECRET_KEY.test(key) || PERSONAL_KEY.test(key) || (personalPair && key === 'value');
      return [key, hidden ? HIDDEN : redact(inner)];
    }),
  );
}
