import type { ReadDb } from '../../localdb/types';
import { chainEntries, headlessChains, snapshot, type StoredEntry, type StoredHead } from './audit.repo';
import { sha256 } from '../../lib/canonical';
import { linkOf } from './export-format';
import type { ChainHead, VerifyResult } from './types';
import { createChainChecker, type ChainChecker, type ChainFault, type LyingEntry } from './verify.rules';

/** About 10 ms of hashing: the main thread stays responsive between two chunks. */
const ENTRIES_A_CHUNK = 2_000;

/**
 * Checks every chain of the local database, a chunk at a time. Entries that are appended meanwhile are left to the next
 * check.
 *
 * @param writer whose chains the central heads are expected for; heads of other writers say nothing about this database
 */
export async function verifyTrail(
  db: ReadDb,
  writer: string,
  centralHeads: readonly ChainHead[],
): Promise<VerifyResult> {
  const { heads } = await snapshot(db);
  let entries = 0;
  for (const head of heads) {
    const anchors = centralHeads.filter(({ chain }) => chain === head.chain);
    const checker = createChainChecker({ chain: head.chain, complete: true, head, anchors });
    const fault = await checkChain(db, head, checker);
    entries += checker.sound;
    if (fault !== null) return { ok: false, entries, ...fault };
  }
  const lost = await lostChain(db, writer, heads, centralHeads);
  if (lost !== null) return { ok: false, entries, ...lost };
  return { ok: true, entries, chains: heads.length, partialChains: 0 };
}

async function checkChain(db: ReadDb, head: StoredHead, checker: ChainChecker): Promise<ChainFault | null> {
  let afterSeq = 0;
  for (;;) {
    const stored = await chainEntries(db, head.chainId, afterSeq, ENTRIES_A_CHUNK);
    for (const entry of stored) {
      // Behind the head: appended since it was read, when it is linked to it. The next check begins there.
      if (entry.seq > head.seq && (await hasGrown(db, head))) return checker.end();
      const fault = checker.check(read(entry));
      if (fault !== null) return fault;
    }
    const last = stored.at(-1);
    if (last === undefined || stored.length < ENTRIES_A_CHUNK) return checker.end();
    afterSeq = last.seq;
  }
}

/** An honest writer moves the head in the transaction in which it appends. */
async function hasGrown(db: ReadDb, before: StoredHead): Promise<boolean> {
  const now = await snapshot(db);
  return now.heads.some(({ chainId, seq }) => chainId === before.chainId && seq > before.seq);
}

function read({ seq, body, hash }: StoredEntry): LyingEntry {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return { kind: 'unreadable', detail: `entry ${seq} is not JSON any more` };
  }
  const link = linkOf(content);
  if (link === null) return { kind: 'unreadable', detail: `entry ${seq} is no audit entry any more` };
  return { kind: 'entry', ...link, hash, computedHash: sha256(body) };
}

async function lostChain(
  db: ReadDb,
  writer: string,
  heads: readonly StoredHead[],
  centralHeads: readonly ChainHead[],
): Promise<ChainFault | null> {
  const [headless] = await headlessChains(db);
  if (headless !== undefined) {
    const [first] = await chainEntries(db, headless, 0, 1);
    const entry = first === undefined ? null : read(first);
    const chain = entry?.kind === 'entry' ? entry.chain : `number ${headless}`;
    return { chain, seq: first?.seq ?? 1, problem: 'missing', detail: 'the recorded end of the chain is gone' };
  }
  const gone = centralHeads.find(
    ({ chain, seq }) => chain.startsWith(`${writer}:`) && seq > 0 && !heads.some((head) => head.chain === chain),
  );
  if (gone === undefined) return null;
  const detail = `the whole chain is gone, but reached entry ${gone.seq}`;
  return { chain: gone.chain, seq: 1, problem: 'cut', detail };
}
