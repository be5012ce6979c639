import { expect, test } from 'vitest';
import { chooseColumns, findHeadingRow, type ColumnsRequest } from './columns.rules';

const REQUEST: ColumnsRequest = { sourceName: 'list.csv', map: [], changeType: null };
const choose = (headings: readonly string[], request: Partial<ColumnsRequest> = {}, sample: string[][] = []) =>
  chooseColumns(headings, sample, { ...REQUEST, ...request });

test('a lone heading beside a new one names the line as it is now', () => {
  expect(choose(['SIM', 'IMEI', 'New SIM']).index).toEqual({ oldIccid: 0, oldImei: 1, newIccid: 2 });
  expect(choose(['ICCID', 'New IMEI'])).toMatchObject({ index: { oldIccid: 0, newImei: 1 }, changeType: 'ChangeIMEI' });
});

test('a lone heading beside an old one of its kind is left alone', () => {
  expect(choose(['Old ICCID', 'ICCID', 'New ICCID']).index).toEqual({ oldIccid: 0, newIccid: 2 });
});

test('a lone heading without a new one may mean either, and so nothing', () => {
  expect(() => choose(['MDN', 'ICCID'], { changeType: 'ChangeICCID' })).toThrow(/no column for the new ICCID/);
});

test('what is mapped by hand comes before what a heading seems to say', () => {
  const { index } = choose(['ICCID', 'New ICCID', 'X'], {
    map: [
      { column: ' iccid ', field: 'newIccid' },
      { column: 'x', field: 'oldIccid' },
    ],
  });
  expect(index).toEqual({ newIccid: 0, oldIccid: 2 });
});

test('a missing column is named, with what was found and how to map it', () => {
  expect(() => choose(['Alt', 'New ICCID'])).toThrow(
    'The file has no column for the line (current ICCID, current IMEI, MDN or line number) (list.csv): the headings are ' +
      '"Alt", "New ICCID" (newIccid). Say which heading is meant: --map "Alt=oldIccid".',
  );
  expect(() => choose(['Old ICCID', 'New ICCID'], { changeType: 'ChangeIMEIandICCID' })).toThrow(/the new IMEI/);
});

test('the type follows from the columns that are filled', () => {
  const headings = ['MDN', 'New ICCID', 'New IMEI'];
  const typeOf = (sample: string[][]) => choose(headings, {}, sample).changeType;
  expect(typeOf([['1', '2', '']])).toBe('ChangeICCID');
  expect(typeOf([['1', ' ', '3']])).toBe('ChangeIMEI');
  expect(typeOf([['1', '2', '3']])).toBe('ChangeIMEIandICCID');
  expect(typeOf([])).toBe('ChangeIMEIandICCID');
});

test('two columns for one field are refused, both named', () => {
  expect(() => choose(['Old ICCID', 'Current SIM', 'New ICCID'])).toThrow(
    /"Old ICCID" \(column 1\) and "Current SIM" \(column 2\)/,
  );
});

test('the heading is found below titles and blank lines', () => {
  const rows = [['Swaps', ''], [''], ['Old ICCID', 'New ICCID'], ['1', '2']];
  expect(findHeadingRow(rows, REQUEST)).toBe(2);
  expect(findHeadingRow([[''], ['a', 'b']], REQUEST)).toBe(1);
  expect(findHeadingRow([[''], ['']], REQUEST)).toBe(-1);
});
