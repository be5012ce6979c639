import { z } from 'zod';

/** Where the central database stands when a pull begins. */
export interface CentralStart {
  readonly centralUid: string;
  /** Oldest transaction that has not ended (`pg_snapshot_xmin`): whatever is older is seen, or never will be. */
  readonly oldestXid: string;
  /** User, and the last change of what the user may see. */
  readonly scope: string;
}

/** What the mirror was made from. */
export interface MirrorState {
  readonly centralUid: string;
  readonly scope: string;
  readonly cursorXid: string;
  readonly mirrorAt: number;
}

/** A place in the central change log. */
export interface LogPosition {
  readonly xid: string;
  readonly seq: number;
}

const positionSchema = z.object({ xid: z.string().regex(/^\d+$/), seq: z.number().int() });
const origin = { centralUid: z.string(), scope: z.string(), passXid: z.string().regex(/^\d+$/), startedAt: z.number() };

/** A pull that was begun: `full` fills the incoming tables page by page, `pass` brings the mirror up to date. */
export const unfinishedPullSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('full'), ...origin, table: z.string(), afterId: z.number().int() }),
  z.object({ kind: z.literal('pass'), ...origin, after: positionSchema }),
]);
export type UnfinishedPull = z.infer<typeof unfinishedPullSchema>;
export type FullPull = Extract<UnfinishedPull, { kind: 'full' }>;
export type PassPull = Extract<UnfinishedPull, { kind: 'pass' }>;

/**
 * Decides how to go on.
 *
 * The cursor is a transaction number, not a change number: a transaction that began earlier may commit later, with a
 * lower change number. A pass therefore reads every change whose transaction was not yet over when the pass before it
 * began, also if it has seen it already, and what it can see of later ones. So nothing is missed behind an open
 * transaction, and nothing waits for one.
 *
 * The mirror is made anew when it comes from another central database, from one that was put back to an earlier state
 * (its transaction numbers are behind the cursor), or when the user's scope has changed.
 *
 * @param firstTable where a full pull begins
 */
export function decidePull(
  start: CentralStart,
  mirror: MirrorState | null,
  unfinished: UnfinishedPull | null,
  firstTable: string,
  now: number,
): { readonly resumed: boolean; readonly pull: UnfinishedPull } {
  const sameOrigin = (one: { centralUid: string; scope: string }): boolean =>
    one.centralUid === start.centralUid && one.scope === start.scope;
  const isBehind = (xid: string): boolean => BigInt(xid) <= BigInt(start.oldestXid);

  if (unfinished !== null && sameOrigin(unfinished) && isBehind(unfinished.passXid)) {
    return { resumed: true, pull: unfinished };
  }
  const fresh = { centralUid: start.centralUid, scope: start.scope, passXid: start.oldestXid, startedAt: now };
  if (mirror === null || !sameOrigin(mirror) || !isBehind(mirror.cursorXid)) {
    return { resumed: false, pull: { kind: 'full', ...fresh, table: firstTable, afterId: 0 } };
  }
  return { resumed: false, pull: { kind: 'pass', ...fresh, after: { xid: mirror.cursorXid, seq: 0 } } };
}
