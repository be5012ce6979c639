import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { iccid, imei, importedFindings, importHere, lines } from '../../../test/support/import-here';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror, PROVIDER_UID } from '../../../test/support/mirror';

let db: TestDb;
beforeEach(async () => {
  db = await openTestDb();
});
afterEach(() => db.close());

const findingsOf = async (text: string, request = {}) => {
  const { draftId } = await importHere(db, text, request);
  return (await importedFindings(db, draftId)).map(({ findings }) => findings);
};

describe('a damaged identifier', () => {
  beforeEach(() =>
    fillMirror(db, [...lines(20), { id: 99, iccid: '89011234567890123455', imei: imei(99), mdn: '2025550199' }]),
  );

  test.each([
    ['a power of ten', '8.90112345678901E+19'],
    ['zeros after the 15th digit', '89011234567890100000'],
    ['a floating-point number', String(Number('89011234567890123455'))],
    ['cut off', '8901123456789012'],
    ['cut in front', '1234567890123455'],
    ['pairs of digits exchanged', '98102143658709214355'],
  ])('by %s is refused, with the one line that agrees with what is left', async (_name, damaged) => {
    const [findings] = await findingsOf(`Old ICCID,New ICCID\n${damaged},${iccid(101)}\n`);
    expect(findings?.[0]).toMatchObject({
      level: 'error',
      candidates: [{ lineId: 99, value: '89011234567890123455' }],
    });
    // A proposal: the row still names no line.
    expect(await db.read.raw(`select device_id from draft_row`)).toEqual([{ device_id: null }]);
  });

  test('with an IMEI that lost its check digit, and an MDN that was cut', async () => {
    const [first, second] = await findingsOf(
      `IMEI,MDN,New ICCID\n${imei(7).slice(0, 14)},,${iccid(101)}\n,202555019,${iccid(102)}\n`,
    );
    expect(first?.[0]).toMatchObject({ code: 'imei-check-digit-missing', candidates: [{ lineId: 7, value: imei(7) }] });
    expect(second?.[0]).toMatchObject({ code: 'mdn-length', candidates: [{ lineId: 99, value: '2025550199' }] });
  });

  test('that agrees with more lines than a person can compare has no candidates', async () => {
    const [findings] = await findingsOf(`Old ICCID,New ICCID\n8.9148E+18,${iccid(101)}\n`);
    expect(findings?.[0]).toMatchObject({ code: 'scientific-notation' });
    expect(findings?.[0]?.candidates).toBeUndefined();
  });

  test('beside a sound one of the same line keeps the row refused, and is told alone', async () => {
    const [findings] = await findingsOf(`Old ICCID,MDN,New ICCID\n8.901E+19,2025550199,${iccid(101)}\n`);
    expect(findings).toMatchObject([{ code: 'scientific-notation', candidates: [{ lineId: 99 }] }]);
  });

  test('of the new kind is never looked up: its card is on no line', async () => {
    const [findings] = await findingsOf(`Old ICCID,New ICCID\n${iccid(1)},8.90112345678901E+19\n`);
    expect(findings).toEqual([expect.not.objectContaining({ candidates: expect.anything() })]);
  });

  test('of another provider’s line is not shown', async () => {
    await db.write((trx) => trx.raw(`update device set provider_id = 2 where id = 99`));
    const [findings] = await findingsOf(`Old ICCID,New ICCID\n8901123456789012,${iccid(101)}\n`);
    expect(findings?.[0]?.candidates).toBeUndefined();
  });
});

describe('customer, plan and pool', () => {
  beforeEach(async () => {
    await fillMirror(db, lines(4));
    await db.write(async (trx) => {
      await trx.raw(`insert into customer (id, uid, provider_id, name) values (2, 'c2', 1, 'Blue Farms')`);
      await trx.raw(
        `update device set customer_id = 1, customer_rate_plan_id = 1, customer_rate_pool_id = 1 where id = 1`,
      );
      await trx.raw(`update device set customer_id = 2 where id = 2`);
    });
  });

  test('that only another customer’s lines have are warned of, by the customer that the row or else the line has', async () => {
    const rows = await findingsOf(
      `ICCID,New ICCID,Customer,Rate Plan,Rate Pool\n${iccid(1)},${iccid(101)},,HL-5MB,HL-Pool\n` +
        `${iccid(2)},${iccid(102)},,HL-5MB,\n${iccid(3)},${iccid(103)},Blue Farms,,HL-Pool\n${iccid(4)},${iccid(104)},,HL-5MB,\n`,
    );
    expect(rows.map((findings) => findings.map(({ code }) => code))).toEqual([
      [],
      ['rate-plan-other-customer'],
      ['rate-pool-other-customer'],
      [],
    ]);
    expect(rows[1]?.[0]).toMatchObject({ level: 'warning', data: { from: 'mirror' } });
  });

  test.each([
    ['2026-11-23', 'effective-date-past'],
    ['2026-11-24', null],
    ['2027-11-24', null],
    ['2062-12-01', 'effective-date-far'],
    ['yesterday', 'effective-date-invalid'],
  ])('from %s: %s', async (day, code) => {
    const [findings] = await findingsOf(
      `ICCID,New ICCID,Rate Plan,Effective Date\n${iccid(1)},${iccid(101)},HL-5MB,${day}\n`,
    );
    expect(findings?.map((finding) => finding.code)).toEqual(code === null ? [] : [code]);
  });

  test('a day with nothing to become effective is warned of', async () => {
    const [findings] = await findingsOf(`ICCID,New ICCID,Effective Date\n${iccid(1)},${iccid(101)},2026-12-01\n`);
    expect(findings).toMatchObject([{ code: 'effective-date-alone', level: 'warning' }]);
  });
});

test('a line that was changed five times within a day is warned of', async () => {
  await fillMirror(db, lines(2));
  await db.write(async (trx) => {
    await trx.raw(
      `insert into bulk_change (id, uid, name, provider_uid, provider_name, portal, change_type, plan_hash,
      row_count, created_at, created_by) values (7, 'b', 'b', ?, 'p', 'm2m', 'ChangeICCID', 'h', 1, 1, 'x')`,
      [PROVIDER_UID],
    );
    for (let row = 1; row <= 5; row += 1) {
      await trx.raw(
        `insert into m2m_device_change (uid, bulk_change_id, row_no, provider_uid, device_id, status, confirmed_at, updated_at)
         values (?, 7, ?, ?, 1, 'processed', ?, 1)`,
        [`d${row}`, row, PROVIDER_UID, Date.UTC(2026, 10, 24, row)],
      );
    }
  });
  const rows = await findingsOf(`ICCID,New ICCID\n${iccid(1)},${iccid(101)}\n${iccid(2)},${iccid(102)}\n`);
  expect(rows).toMatchObject([[{ code: 'actions-today', data: { from: 'changes' } }], []]);
});

test('a line that other desks have changed five times within a day is warned of, until the day is over', async () => {
  await fillMirror(db, lines(3));
  const now = Date.UTC(2026, 10, 24, 7);
  await db.write((trx) => trx.raw(`insert into busy_line values (1, 6, ?), (2, 5, ?)`, [now + 1, now - 1]));
  const text = [1, 2, 3].map((line) => `${iccid(line)},${iccid(line + 100)}\n`).join('');
  expect(await findingsOf(`ICCID,New ICCID\n${text}`)).toMatchObject([
    [{ code: 'actions-today', evidence: expect.stringContaining('6 changes') as string }],
    [],
    [],
  ]);
});

test('verdicts on a mirror older than it may be are warned of, with its age; how old is a setting', async () => {
  await fillMirror(db, lines(1));
  await db.write((trx) => trx.raw(`update sync_state set mirror_at = ?`, [Date.UTC(2026, 10, 23, 5)]));
  const text = `ICCID,New ICCID\n${iccid(1)},${iccid(101)}\n`;
  expect(await findingsOf(text)).toMatchObject([
    [{ code: 'mirror-stale', evidence: '26 h old', data: { from: 'mirror', at: '2026-11-23T05:00:00.000Z' } }],
  ]);
  await db.write((trx) => trx.raw(`insert into setting (key, value) values ('mirror.max-age-hours', '48')`));
  expect(await findingsOf(text)).toEqual([[]]);
});

test('new identifiers on two deactivated lines are one deletion too many; on one they must be accepted', async () => {
  await fillMirror(db, [
    ...lines(2),
    ...[30, 31].map((id) => ({ id, iccid: iccid(id), imei: imei(id), mdn: null, status: 'deactivated' })),
  ]);
  const rows = await findingsOf(
    `ICCID,New ICCID,New IMEI\n${iccid(1)},${iccid(30)},${imei(30)}\n${iccid(2)},${iccid(30)},${imei(31)}\n`,
  );
  expect(rows[0]?.map(({ code }) => code)).toEqual(['target-deactivated', 'target-deactivated', 'duplicate-new']);
  expect(rows[1]?.map(({ code }) => code)).toContain('target-deactivated-twice');
});
