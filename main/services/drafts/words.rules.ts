import type { Field } from '../../../shared/domain/finding';

/** Headings that an import recognises again. */
export const FIELD_NAMES: Readonly<Record<Field, string>> = {
  deviceId: 'line number',
  oldIccid: 'old ICCID',
  newIccid: 'new ICCID',
  oldImei: 'old IMEI',
  newImei: 'new IMEI',
  mdn: 'MDN',
  customer: 'customer',
  ratePlan: 'rate plan',
  ratePool: 'rate pool',
  effectiveDate: 'effective date',
  note: 'note',
};

/** `1 row`, `1,204 rows` */
export function rowsIn(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'row' : 'rows'}`;
}

/** `new ICCID of line 17 changed` */
export function describeEdit(fields: readonly string[], line: number): string {
  const names = fields.map((field) => (Object.hasOwn(FIELD_NAMES, field) ? FIELD_NAMES[field as Field] : field));
  return `${names.join(' and ')} of line ${line} changed`;
}
