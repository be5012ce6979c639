import type { FindingData } from '../../../shared/domain/finding';
import type { LineStatus } from '../../../shared/domain/line';

/** A line of the mirror, as far as an import needs it. */
export interface MirrorLine {
  readonly id: number;
  readonly providerId: number;
  readonly iccid: string;
  readonly imei: string | null;
  readonly mdn: string | null;
  readonly status: LineStatus;
  readonly customerId: number | null;
}

/** A customer, rate plan or pool, as it is spelled. */
export interface Named {
  readonly name: string;
  readonly id: number;
}

/** Names by their lower-case form. */
export type Names = ReadonlyMap<string, Named>;

/** What all rows are judged against. */
export interface MirrorView {
  readonly providerId: number;
  /** The mirror and its age, as findings tell it: one object for all of them. */
  readonly data: FindingData;
  /** Whole hours that the mirror is older than it may be; null: it is not. */
  readonly staleHours: number | null;
  /** `YYYY-MM-DD`, for effective dates. */
  readonly today: string;
  readonly customers: Names;
  readonly ratePlans: Names;
  readonly ratePools: Names;
  /** Customers whose lines have a plan or pool, by its number; one that nobody has yet is not here. */
  readonly planCustomers: ReadonlyMap<number, ReadonlySet<number>>;
  readonly poolCustomers: ReadonlyMap<number, ReadonlySet<number>>;
  /** Open changes: line number → bulk change number, and new identifier → bulk change number. */
  readonly openLines: ReadonlyMap<number, number>;
  readonly openTargets: ReadonlyMap<string, number>;
  /** Lines that were changed within the last day, by any desk, as often as the carrier may allow. */
  readonly busyLines: ReadonlyMap<number, number>;
}
