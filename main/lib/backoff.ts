/**
 * Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): desks that failed
 * together do not come back together.
 *
 * @param attempt how many attempts have failed, from 1
 * @param chance a number in [0, 1)
 * @returns milliseconds to wait, never below `minMs`
 */
export function backoffMs(
  attempt: number,
  limits: { readonly minMs: number; readonly maxMs: number },
  chance: number,
): number {
  const ceiling = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(attempt, 30));
  return Math.round(limits.minMs + chance * (ceiling - limits.minMs));
}
