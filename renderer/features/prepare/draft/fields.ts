import type { DraftRow } from '../../../../shared/contract/drafts';
import type { ChangeType } from '../../../../shared/domain/change';
import { changedKinds } from '../../../../shared/domain/change';
import type { Field } from '../../../../shared/domain/finding';

export { FIELD_WORDS } from '../../../lib/field-words';

/** What the row says or means in a field; null: nothing. */
export function valueOf(row: DraftRow, field: Field): string | null {
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

/** The cell as it was read or typed: what an editor begins with. */
export function rawOf(row: DraftRow, field: Field): string {
  return row.cells[field] ?? valueOf(row, field) ?? '';
}

/** Fields without which a list of this type can't be read. */
export function mainFields(changeType: ChangeType): readonly Field[] {
  const kinds = changedKinds(changeType);
  return [
    'mdn',
    ...(kinds.includes('iccid') ? (['oldIccid', 'newIccid'] as const) : []),
    ...(kinds.includes('imei') ? (['oldImei', 'newImei'] as const) : []),
  ];
}
