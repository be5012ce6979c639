import type { AuditEntry, AuditStream } from '../../../shared/domain/audit';
import type { Trx } from '../../localdb/types';
import type { Json } from '../../lib/redact';

/** What a service tells the trail. Chain, number, time and hashes are added by `record`. */
export interface AuditEvent {
  readonly stream: AuditStream;
  /** User name, or `system`. */
  readonly actor: string;
  /** `noun.verb-in-the-past`, e.g. `row.sent`, `change.submitted`, `callback.refused`. */
  readonly action: string;
  /** Provider's uid; `none` for what belongs to no provider (sign-in …). */
  readonly provider: string;
  readonly change?: string;
  readonly row?: number;
  readonly deviceChange?: string;
  readonly deviceId?: number;
  readonly correlationId?: string;
  /** Redacted again before it is written. */
  readonly details?: Readonly<Record<string, Json>>;
}

export interface AuditSearch {
  readonly text?: string;
  /** Bulk change uid. */
  readonly change?: string;
  readonly deviceId?: number;
  readonly actor?: string;
  readonly since?: string;
  readonly stream?: AuditStream;
  readonly limit: number;
  readonly offset: number;
}

/** Which entries; without any key, all. */
export type AuditFilter = Omit<AuditSearch, 'limit' | 'offset'>;

export interface AuditPage {
  readonly total: number;
  readonly totalIsExact: boolean;
  readonly entries: readonly AuditEntry[];
}

export interface ChainHead {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
}

export type VerifyResult =
  | {
      readonly ok: true;
      readonly entries: number;
      readonly chains: number;
      /** Chains of a filtered export: each entry was checked, but entries between them are not in the file. */
      readonly partialChains: number;
    }
  | {
      readonly ok: false;
      /** Entries found sound before the first bad one. */
      readonly entries: number;
      readonly chain: string;
      readonly seq: number;
      readonly problem: 'changed' | 'missing' | 'reordered' | 'cut' | 'unreadable';
      readonly detail: string;
    };

export interface AuditService {
  /** Appends events to their chains inside the caller's transaction: the entry exists if and only if the work does. */
  record(trx: Trx, events: readonly AuditEvent[]): Promise<void>;
  /**
   * Newest first. Every word of `text` must occur in the entry; a part of a word or number is enough. `total` stops
   * counting at 10,000, and `totalIsExact` is then false.
   */
  search(query: AuditSearch): Promise<AuditPage>;
  /** Exactly how many entries a filter matches, however many they are. */
  count(filter: AuditFilter): Promise<number>;
  /** @param centralHeads what the central database countersigned; a chain that ends before it was cut */
  verify(centralHeads: readonly ChainHead[]): Promise<VerifyResult>;
  /** Checks an exported JSON file by itself. @throws usage `file-missing`, failed `not-an-audit-export` */
  verifyFile(file: string): Promise<VerifyResult>;
  /** Written atomically, by chain and number. @throws failed `export-not-written`, with an older file left as it was */
  export(format: 'csv' | 'json', outFile: string, filter: AuditFilter): Promise<{ entries: number }>;
  heads(): Promise<readonly ChainHead[]>;
  /** Entries of a chain after a number, for sync. */
  after(chain: string, seq: number, limit: number): Promise<readonly AuditEntry[]>;
}
