import type { ChangeType, IdentifierPair } from '../../../shared/domain/change';
import type { Finding, Verdict } from '../../../shared/domain/finding';
import type { Trx } from '../../localdb/types';
import type { Provider } from '../devices/types';

export interface Draft {
  readonly id: number;
  readonly uid: string;
  readonly name: string;
  readonly providerUid: string;
  readonly providerName: string;
  readonly changeType: ChangeType;
  readonly sourceName: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly rows: number;
  readonly valid: number;
  readonly warning: number;
  readonly error: number;
  readonly findings: Readonly<Record<string, number>>;
  /** When the mirror that the verdicts rest on was last brought up to date; null: never. */
  readonly mirrorAt: string | null;
}

export interface DraftRow {
  readonly row: number;
  /** Line in the source file, from 1, heading included. */
  readonly line: number;
  readonly verdict: Verdict;
  readonly deviceId: number | null;
  readonly mdn: string | null;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
  readonly effectiveDate: string | null;
  readonly note: string | null;
  readonly findings: readonly Finding[];
}

/** One exact request of the dry run, with secrets left out. */
export interface PlannedRequest {
  readonly row: number;
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  readonly body: unknown;
}

export interface DraftPlan {
  readonly draftId: number;
  readonly rows: number;
  readonly skipped: number;
  readonly requests: readonly PlannedRequest[];
  /** SHA-256 over the canonical form of provider, type and every planned row: submit binds to it. */
  readonly planHash: string;
  readonly expectedSeconds: { readonly least: number; readonly most: number };
}

export interface DraftsService {
  list(): Promise<readonly Draft[]>;
  /** @throws usage `draft-unknown` */
  get(idOrUid: string): Promise<Draft>;
  rows(
    draftId: number,
    page: { only?: Verdict; limit: number; offset: number; text?: string },
  ): Promise<{
    readonly total: number;
    readonly rows: readonly DraftRow[];
  }>;
  plan(draft: Draft, provider: Provider, choice: RowChoice): Promise<DraftPlan>;
  rename(draftId: number, name: string): Promise<void>;
  delete(draftId: number): Promise<void>;
  /** Rows that may be submitted, in order, for `changes.submit`; reads inside its transaction. */
  takeRows(trx: Trx, draftId: number, choice: RowChoice): Promise<readonly DraftRow[]>;
  /** Removes taken rows; a draft without rows is removed too. */
  removeRows(trx: Trx, draftId: number, rows: readonly number[]): Promise<void>;
}

/** Which rows of a draft: errors never go; warnings only when accepted. */
export interface RowChoice {
  readonly onlyValid: boolean;
  readonly acceptWarnings: boolean;
}
