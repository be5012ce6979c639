import type { LineFilter } from '../../../shared/contract/lines';
import type { Drift } from '../../../shared/domain/drift';
import type { Line } from '../../../shared/domain/line';
import type { Session } from '../identity/types';

/** One service provider: the tenant, with its one ThingSpace account. Same in central and in the mirror. */
export interface Provider {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly account: string;
  /** Origin of the carrier's server, without a path. */
  readonly baseUrl: string;
  readonly serviceType: string;
  readonly portal: 'm2m' | 'mobility';
  /** Swaps a minute over the fleet; null: no limit (training). */
  readonly ratePerMinute: number | null;
  readonly concurrency: number;
  readonly callbackUrl: string | null;
}

export interface ProviderInput {
  readonly name: string;
  readonly account: string;
  readonly baseUrl: string;
  readonly serviceType?: string;
  readonly portal?: 'm2m' | 'mobility';
  readonly ratePerMinute?: number | null;
  readonly concurrency?: number;
  readonly callbackUrl?: string | null;
}

/** A line as the carrier's device list or a CSV states it, before it has a central number. */
export interface LineFacts {
  readonly iccid: string;
  readonly imei: string | null;
  readonly mdn: string | null;
  readonly eid: string | null;
  readonly status: Line['status'];
  /** Carrier plan code. */
  readonly carrierPlan: string | null;
  readonly lastConnectionAt: string | null;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
}

export interface LoadResult {
  readonly read: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: readonly { readonly lineNo: number; readonly reason: string }[];
}

export interface LineNames {
  readonly customers: string[];
  readonly ratePlans: string[];
  readonly ratePools: string[];
}

/** Providers and lines of the central database, and search in the mirror. */
export interface DevicesService {
  addProvider(session: Session, input: ProviderInput): Promise<Provider>;
  setProvider(session: Session, name: string, change: Partial<ProviderInput>): Promise<Provider>;
  /** From the central database when it is reachable, else from the mirror. */
  listProviders(session: Session): Promise<readonly Provider[]>;
  /** @throws usage `provider-unknown`, naming the known ones */
  provider(session: Session, nameOrUid: string): Promise<Provider>;
  loadCsv(session: Session, provider: Provider, file: string): Promise<LoadResult>;
  /** Stores what the carrier lists (an async stream of pages) in the central database, customers left as they are. */
  refresh(session: Session, provider: Provider, pages: AsyncIterable<readonly LineFacts[]>): Promise<LoadResult>;
  /**
   * Lines of which carrier, central database and this desk's mirror say different things, with cause and repair.
   * @returns also how many lines were compared
   */
  drift(
    session: Session,
    provider: Provider,
    pages: AsyncIterable<readonly LineFacts[]>,
  ): Promise<{ readonly lines: number; readonly drifts: readonly Drift[] }>;
  /** Lines of the mirror that fit the filter. */
  find(session: Session, filter: LineFilter, limit: number): Promise<readonly Line[]>;
  /** The names that lines of a provider can have in the mirror, in order. */
  names(session: Session, provider: Provider): Promise<LineNames>;
}
