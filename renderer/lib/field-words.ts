import type { ChangeType } from '../../shared/domain/change';
import type { Field } from '../../shared/domain/finding';

/** The fields of a row, as the screens call them. */
export const FIELD_WORDS: Readonly<Record<Field, string>> = {
  deviceId: 'Line number',
  oldIccid: 'Old ICCID',
  newIccid: 'New ICCID',
  oldImei: 'Old IMEI',
  newImei: 'New IMEI',
  mdn: 'MDN',
  customer: 'Customer',
  ratePlan: 'Rate plan',
  ratePool: 'Rate pool',
  effectiveDate: 'Effective date',
  note: 'Note',
};

/** What a change does, for people; the carrier's own word stands beside it. */
export const TYPE_WORDS: Readonly<Record<ChangeType, string>> = {
  ChangeICCID: 'New SIM (ChangeICCID)',
  ChangeIMEI: 'New device (ChangeIMEI)',
  ChangeIMEIandICCID: 'New SIM and device (ChangeIMEIandICCID)',
};
