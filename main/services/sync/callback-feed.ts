import type { CentralTrx } from '../../centraldb';
import type { LocalDb } from '../../localdb/types';
import { readCallbackPage, readFeedStart } from './central.repo';
import { readFeedPosition, writeFeedPosition } from './feed.repo';
import type { CentralCallback } from './types';

export interface FeedDeps {
  readonly local: LocalDb;
  readonly inCentral: <T>(fn: (trx: CentralTrx) => Promise<T>) => Promise<T>;
}

const PAGE = 500;

/**
 * Hands over every callback that the central log has and this desk has not seen, oldest first. At least once: a page is
 * counted as seen after `take` has stored it, and storing one again changes nothing. A desk that is new here, or whose
 * central database is another one, begins with now: what came before concerns rows that it never had.
 *
 * @returns how many were handed over
 */
export async function pullCallbacks(
  deps: FeedDeps,
  take: (callbacks: readonly CentralCallback[]) => Promise<void>,
): Promise<number> {
  const start = await deps.inCentral(readFeedStart);
  const known = await readFeedPosition(deps.local.read);
  if (known === null || known.centralUid !== start.centralUid) {
    await deps.local.write((trx) =>
      writeFeedPosition(trx, { centralUid: start.centralUid, xid: start.oldestXid, id: 0 }),
    );
    return 0;
  }
  let position = known;
  let taken = 0;
  for (;;) {
    const from = position;
    const page = await deps.inCentral((trx) => readCallbackPage(trx, from, PAGE));
    const last = page.at(-1);
    if (last === undefined) return taken;
    await take(page);
    position = { ...from, xid: last.xid, id: last.id };
    const reached = position;
    await deps.local.write((trx) => writeFeedPosition(trx, reached));
    taken += page.length;
  }
}
