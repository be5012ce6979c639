import type { ChangeType } from '../../shared/domain/change';
import type { Field } from '../../shared/domain/finding';

/** Fields of a row as the screen names them. */
export const FIELD_WORDS: Readonly<Record<Field, string>> = {
  deviceId: 'line no.',
  oldIccid: 'ICCID now',
  newIccid: 'new ICCID',
  oldImei: 'IMEI now',
  newImei: 'new IMEI',
  mdn: 'MDN',
  customer: 'customer',
  ratePlan: 'rate plan',
  ratePool: 'rate pool',
  effectiveDate: 'effective date',
  note: 'note',
};

/** What a change does, for people; the carrier's own word stands beside it. */
export const TYPE_WORDS: Readonly<Record<ChangeType, string>> = {
  ChangeICCID: 'New SIM (ChangeICCID)',
  ChangeIMEI: 'New device (ChangeIMEI)',
  ChangeIMEIandICCID: 'New SIM and device (ChangeIMEIandICCID)',
};
