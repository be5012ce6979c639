import { ago, exact, useNow } from '../lib/time';

/** How long ago, kept true while it is on the screen; the exact time on hover. */
export function Ago({ at }: { readonly at: string | null }) {
  const text = ago(at, useNow());
  return at === null ? (
    text
  ) : (
    <time dateTime={at} title={exact(at)}>
      {text}
    </time>
  );
}
