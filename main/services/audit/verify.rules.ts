import { NO_HASH } from './chain.rules';
import type { ChainHead, VerifyResult } from './types';

/**
 * Judges one chain, entry by entry in the order in which they lie, with a few numbers of memory however long it is.
 *
 * Two faults show only later which entry is to blame. A gap is `reordered` when the entry turns up further on, else
 * `missing`. A link that does not fit means that one of its two ends was changed and hashed anew: when the next link
 * fits, it was the earlier one. So the checker reads on until it knows.
 */
export interface ChainChecker {
  /** @returns the first fault, as soon as it is certain */
  check(entry: LyingEntry): ChainFault | null;
  end(): ChainFault | null;
  /** Entries found sound. */
  readonly sound: number;
}

/** An entry as it was found. `computedHash` is over its content. */
export type LyingEntry =
  | { readonly kind: 'unreadable'; readonly detail: string }
  | {
      readonly kind: 'entry';
      readonly chain: string;
      readonly seq: number;
      readonly prevHash: string;
      readonly hash: string;
      readonly computedHash: string;
    };

type ReadEntry = Extract<LyingEntry, { kind: 'entry' }>;
export type ChainFault = Omit<Extract<VerifyResult, { ok: false }>, 'ok' | 'entries'>;

export interface ChainToCheck {
  readonly chain: string;
  /** From entry 1 to `head` without a gap; otherwise a selection, in which only neighbours can be compared. */
  readonly complete: boolean;
  /** The last entry, as the writer recorded it. */
  readonly head: Pick<ChainHead, 'seq' | 'hash'>;
  /** Entries that somebody else vouches for, by number: what the central database countersigned. */
  readonly anchors?: readonly Pick<ChainHead, 'seq' | 'hash'>[];
}

type Doubt =
  | { readonly kind: 'gap'; readonly wanted: number; readonly found: number }
  | { readonly kind: 'link'; readonly later: ReadEntry };

interface Progress {
  last: Pick<ChainHead, 'seq' | 'hash'>;
  doubt: Doubt | null;
  sound: number;
}

export function createChainChecker(toCheck: ChainToCheck): ChainChecker {
  const progress: Progress = { last: { seq: 0, hash: NO_HASH }, doubt: null, sound: 0 };
  return {
    check(entry) {
      if (progress.doubt !== null) return resolveDoubt(toCheck, progress, progress.doubt, entry);
      return judge(toCheck, progress, entry);
    },
    end() {
      if (progress.doubt !== null) return resolveAtEnd(toCheck, progress, progress.doubt);
      return judgeTail(toCheck, progress);
    },
    get sound() {
      return progress.sound;
    },
  };
}

function judge(toCheck: ChainToCheck, progress: Progress, entry: LyingEntry): ChainFault | null {
  const { chain, complete } = toCheck;
  const wanted = progress.last.seq + 1;
  if (entry.kind === 'unreadable') return { chain, seq: wanted, problem: 'unreadable', detail: entry.detail };
  if (entry.computedHash !== entry.hash) {
    const seq = complete ? wanted : entry.seq;
    return { chain, seq, problem: 'changed', detail: `entry ${seq} does not hash to what it was sealed with` };
  }
  if (entry.chain !== chain) {
    return { chain, seq: wanted, problem: 'reordered', detail: `an entry of chain ${entry.chain} stands here` };
  }
  if (entry.seq < wanted) {
    return { chain, seq: entry.seq, problem: 'reordered', detail: `entry ${entry.seq} stands behind ${wanted - 1}` };
  }
  if (entry.seq > wanted && complete) {
    progress.doubt = { kind: 'gap', wanted, found: entry.seq };
    return null;
  }
  if (entry.seq === wanted && entry.prevHash !== progress.last.hash) {
    if (wanted === 1) return { chain, seq: 1, problem: 'changed', detail: 'the first entry claims a predecessor' };
    progress.doubt = { kind: 'link', later: entry };
    return null;
  }
  const known = knownOf(toCheck).find(({ seq, hash }) => seq === entry.seq && hash !== entry.hash);
  if (known !== undefined) {
    const who = known === toCheck.head ? 'recorded as the end of the chain' : 'countersigned in its place';
    return { chain, seq: entry.seq, problem: 'changed', detail: `another entry was ${who}` };
  }
  progress.last = { seq: entry.seq, hash: entry.hash };
  progress.sound += 1;
  return null;
}

function knownOf({ head, anchors }: ChainToCheck): readonly Pick<ChainHead, 'seq' | 'hash'>[] {
  return [head, ...(anchors ?? [])];
}

function resolveDoubt(
  { chain, complete }: ChainToCheck,
  progress: Progress,
  doubt: Doubt,
  next: LyingEntry,
): ChainFault | null {
  if (doubt.kind === 'gap') {
    if (next.kind !== 'entry' || next.seq !== doubt.wanted || next.chain !== chain) return null;
    const detail = `entry ${doubt.wanted} stands behind entry ${doubt.found}`;
    return { chain, seq: doubt.wanted, problem: 'reordered', detail };
  }
  // In a selection the next entry may be no neighbour, and then tells nothing.
  const tells = next.kind === 'entry' && (complete || next.seq === doubt.later.seq + 1);
  const laterIsSound = tells && next.prevHash === doubt.later.hash;
  if (laterIsSound) progress.sound -= 1;
  return brokenLink(chain, laterIsSound ? doubt.later.seq - 1 : doubt.later.seq);
}

function resolveAtEnd({ chain, head }: ChainToCheck, progress: Progress, doubt: Doubt): ChainFault {
  if (doubt.kind === 'gap') {
    const missing = doubt.found - doubt.wanted;
    const detail = missing === 1 ? `entry ${doubt.wanted} is missing` : `${missing} entries are missing from here`;
    return { chain, seq: doubt.wanted, problem: 'missing', detail };
  }
  const laterIsSound = head.seq === doubt.later.seq && head.hash === doubt.later.hash;
  if (laterIsSound) progress.sound -= 1;
  return brokenLink(chain, laterIsSound ? doubt.later.seq - 1 : doubt.later.seq);
}

function brokenLink(chain: string, seq: number): ChainFault {
  const detail = `entry ${seq} was changed and sealed again: its neighbour was linked to another one`;
  return { chain, seq, problem: 'changed', detail };
}

function judgeTail(toCheck: ChainToCheck, { last }: Progress): ChainFault | null {
  const { chain, complete, head } = toCheck;
  if (!complete) return null;
  const furthest = knownOf(toCheck).reduce((most, { seq }) => Math.max(most, seq), 0);
  if (last.seq < furthest) {
    const end = last.seq === 0 ? 'nothing' : `entry ${last.seq}`;
    return {
      chain,
      seq: last.seq + 1,
      problem: 'cut',
      detail: `the chain ends at ${end}, but reached entry ${furthest}`,
    };
  }
  if (last.seq === head.seq) return null;
  const seq = head.seq + 1;
  return { chain, seq, problem: 'changed', detail: `entry ${seq} was added behind the recorded end` };
}
