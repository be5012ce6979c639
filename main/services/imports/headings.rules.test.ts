import { expect, test } from 'vitest';
import { recogniseHeading } from './headings.rules';

test.each([
  ['oldIccid', 'oldIccid'],
  ['newImei', 'newImei'],
  ['deviceId', 'deviceId'],
  ['Device ID', 'deviceId'],
  ['Old ICCID', 'oldIccid'],
  ['OLD_ICCID', 'oldIccid'],
  ['Current SIM', 'oldIccid'],
  ['Existing SIM Card Number', 'oldIccid'],
  ['Defective SIM', 'oldIccid'],
  ['ICCID (old)', 'oldIccid'],
  ['ICCID From', 'oldIccid'],
  ['New ICCID', 'newIccid'],
  ['newICCID', 'newIccid'],
  ['New SIM #', 'newIccid'],
  ['Replacement ICCID (20 digits)', 'newIccid'],
  ['Replacement SIM Card', 'newIccid'],
  ['SIM - new', 'newIccid'],
  ['ＮＥＷ　ＩＣＣＩＤ', 'newIccid'],
  ['Old IMEI', 'oldImei'],
  ['Old device', 'oldImei'],
  ['New Device IMEI', 'newImei'],
  ['Replacement Hardware', 'newImei'],
  ['MDN', 'mdn'],
  ['MSISDN', 'mdn'],
  ['Phone Number', 'mdn'],
  ['Wireless Number', 'mdn'],
  ['Current Phone No.', 'mdn'],
  ['Customer', 'customer'],
  ['Customer Name', 'customer'],
  ['Rate Plan', 'ratePlan'],
  ['Customer Rate Plan', 'ratePlan'],
  ['New Rate Plan Code', 'ratePlan'],
  ['Customer Rate Pool', 'ratePool'],
  ['Effective Date', 'effectiveDate'],
  ['Notes', 'note'],
  ['Reason', 'note'],
])('%j is %s', (heading, field) => {
  expect(recogniseHeading(heading)).toEqual({ kind: 'field', field });
});

test.each([
  ['ICCID', 'iccid'],
  ['SIM', 'iccid'],
  ['SIM Number', 'iccid'],
  ['IMEI', 'imei'],
  ['Device IMEI', 'imei'],
])('%j alone may be the old or the new %s', (heading, identifier) => {
  expect(recogniseHeading(heading)).toEqual({ kind: 'lone', identifier });
});

test.each([
  '',
  'Site',
  'Device',
  'Date',
  'New MDN',
  'Old rate plan',
  'old or new ICCID',
  'IMEI/ICCID',
  'Status',
  '12345',
])('%j is nothing that is known', (heading) => {
  expect(recogniseHeading(heading)).toBeNull();
});
