import type {
  BulkChangeStatus,
  ChangeType,
  DeviceChangeStatus,
  Disposition,
  IdentifierPair,
  StatusCounts,
} from '../../../shared/domain/change';
import type { Fault } from '../../../shared/domain/fault';
import type { ChainHead, VerifyResult } from '../audit/types';

export const REPORT_NAME = 'swapdesk-report';
export const REPORT_VERSION = 1;

/**
 * The JSON report, in this order of keys; `rows` is one row a line. Scripts may rely on it: a key is never renamed or
 * given another meaning within a version.
 */
export interface ReportDocument extends ReportHead {
  readonly format: { readonly name: typeof REPORT_NAME; readonly version: typeof REPORT_VERSION };
  readonly rows: readonly ReportRow[];
}

export interface ReportHead {
  /** ISO 8601 UTC, as every time in it. */
  readonly generatedAt: string;
  /**
   * SHA-256 (hex) over lines that each end in a line feed: the RFC 8785 form of `change`, then of each row in order. Two
   * reports with the same code say the same of the change.
   */
  readonly verifyingCode: string;
  readonly change: ReportedChange;
  /** Rows by status, counted from the rows of this report; `needsPerson`: `unknown` rows that wait for a person. */
  readonly totals: StatusCounts;
  readonly audit: ReportedTrail;
}

export interface ReportedChange {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly provider: { readonly uid: string; readonly name: string };
  readonly changeType: ChangeType;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly status: BulkChangeStatus;
  readonly rows: number;
  /** What was submitted, as the dry run showed it. */
  readonly planHash: string;
}

export interface ReportRow {
  readonly row: number;
  readonly uid: string;
  readonly deviceId: number;
  readonly mdn: string | null;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly status: DeviceChangeStatus;
  readonly statusInWords: string;
  readonly needsPerson: boolean;
  readonly requestId: string | null;
  readonly attempts: number;
  readonly error: (Fault & { readonly nextStep: string }) | null;
  readonly disposition: Disposition | null;
}

export interface ReportedTrail {
  /** Entries about this change. */
  readonly entries: number;
  /** Of the whole trail of this desktop, when the report was written. */
  readonly verification: VerifyResult;
  /** Whether the ends of the chains were compared with what the central database countersigned. */
  readonly comparedWithCentral: boolean;
  readonly heads: readonly ChainHead[];
}
