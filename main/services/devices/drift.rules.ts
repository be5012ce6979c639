import type { Drift, DriftSide } from '../../../shared/domain/drift';
import type { IdentifierPair } from '../../../shared/domain/change';

/** Why the three places differ about a line, and what mends it. */
export interface LastChange {
  readonly changeUid: string;
  readonly row: number;
  readonly status: string;
  readonly new: IdentifierPair;
}

export interface DriftFacts {
  readonly deviceId: number | null;
  readonly provider: string;
  readonly carrier: DriftSide;
  readonly central: DriftSide;
  readonly mirror: DriftSide;
  /** The latest change of ours of this line. */
  readonly last: LastChange | null;
}

/** Null: they agree. */
export function judgeDrift(facts: DriftFacts): Drift | null {
  const { carrier, central, mirror, deviceId } = facts;
  const found = (cause: Drift['cause'], repair: string, change: Drift['change'] = null): Drift => ({
    ...{ deviceId, carrier, central, mirror, cause, repair, change },
  });
  if (!agree(carrier, central)) {
    const refresh = `Take the carrier's word: swapdesk devices refresh --provider "${facts.provider}"`;
    if (central === null) return carrier === null ? null : found('only-at-carrier', refresh);
    if (carrier === null) {
      return found(
        'only-central',
        'Ask for the line in ThingSpace; it may have been deleted or moved to another account.',
      );
    }
    const ours = ourDoing(facts.last, carrier);
    if (ours === null) return found('changed-elsewhere', refresh);
    const change = { uid: ours.changeUid, row: ours.row };
    const retry = `swapdesk change retry ${ours.changeUid} --row ${ours.row}`;
    return ours.status === 'confirmed' || ours.status === 'conflict'
      ? found('central-not-updated', `Apply it in the central database: ${retry}`, change)
      : found('callback-lost', `Read the line back: ${retry}`, change);
  }
  return agree(central, mirror) ? null : found('mirror-behind', 'Bring this desk up to date: swapdesk sync');
}

function agree(one: DriftSide, other: DriftSide): boolean {
  if (one === null || other === null) return one === other;
  const same = (a: string | null | undefined, b: string | null | undefined): boolean => (a ?? '') === (b ?? '');
  return (
    same(one.iccid, other.iccid) &&
    same(one.imei, other.imei) &&
    same(one.mdn, other.mdn) &&
    // A state that one side does not know differs from nothing.
    (one.status === other.status || one.status === 'unknown' || other.status === 'unknown')
  );
}

/** The carrier has what our last change wanted, and that change is not processed. */
function ourDoing(last: LastChange | null, carrier: Exclude<DriftSide, null>): LastChange | null {
  if (last === null || last.status === 'processed' || last.status === 'rolled_back') return null;
  const wants = last.new;
  const done =
    (wants.iccid === undefined || wants.iccid === carrier.iccid) &&
    (wants.imei === undefined || wants.imei === carrier.imei);
  return done ? last : null;
}
