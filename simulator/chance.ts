/**
 * Chance without state: the same seed, stream and number always give the same draw. A simulator that was killed and
 * started again therefore goes on drawing where it stopped, with nothing to remember but its counters.
 */
export function draw(seed: number, stream: string, number: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  for (let at = 0; at < stream.length; at += 1) {
    hash = Math.imul(hash ^ stream.charCodeAt(at), 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** A whole number from `least` to `most`, both included. */
export function drawBetween(seed: number, stream: string, number: number, least: number, most: number): number {
  return least + Math.floor(draw(seed, stream, number) * (most - least + 1));
}
