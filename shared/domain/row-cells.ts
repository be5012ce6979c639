import type { IdentifierPair } from './change';
import type { Field } from './finding';

/** What a row of a draft holds in its fields. */
export interface RowCells {
  readonly deviceId: number | null;
  readonly old: IdentifierPair;
  readonly new: IdentifierPair;
  readonly mdn: string | null;
  readonly customer: string | null;
  readonly ratePlan: string | null;
  readonly ratePool: string | null;
  /** YYYY-MM-DD */
  readonly effectiveDate: string | null;
  readonly note: string | null;
  /** Cells as they were read or typed, where that differs from what is shown. */
  readonly cells: Readonly<Partial<Record<Field, string>>>;
}

/** What the row says or means in a field; null: nothing. */
export function valueOf(row: RowCells, field: Field): string | null {
  switch (field) {
    case 'deviceId':
      return row.deviceId === null ? null : String(row.deviceId);
    case 'oldIccid':
      return row.old.iccid ?? null;
    case 'oldImei':
      return row.old.imei ?? null;
    case 'newIccid':
      return row.new.iccid ?? null;
    case 'newImei':
      return row.new.imei ?? null;
    case 'mdn':
    case 'customer':
    case 'ratePlan':
    case 'ratePool':
    case 'effectiveDate':
    case 'note':
      return row[field];
    default:
      return field satisfies never;
  }
}

/** The cell as it was read or typed: what an editor begins with, and what a list of problems shows. */
export function rawOf(row: RowCells, field: Field): string {
  return row.cells[field] ?? valueOf(row, field) ?? '';
}
