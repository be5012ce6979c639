import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditEntrySchema } from '../../../shared/domain/audit';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { openLocalDb } from '../../localdb/open';
import { createAuditService, type AuditEvent, type AuditService } from '.';

const WRITER = 'desktop:0192f3a1-0000-7000-8000-000000000001:0192f3a1-0000-7000-8000-000000000002';
const PROVIDER = '0192f3a1-0000-7000-8000-00000000000a';

let db: TestDb;
let audit: AuditService;
let nowMs = Date.parse('2026-11-24T04:00:00.000Z');

beforeEach(async () => {
  nowMs = Date.parse('2026-11-24T04:00:00.000Z');
  db = await openTestDb();
  audit = createAuditService({ local: db, writer: WRITER, clock: { now: () => nowMs } });
});
afterEach(() => db.close());

function event(more: Partial<AuditEvent> = {}): AuditEvent {
  return { stream: 'm2m', actor: 'maria', action: 'row.sent', provider: PROVIDER, ...more };
}

const record = (events: readonly AuditEvent[]): Promise<void> => db.write((trx) => audit.record(trx, events));

describe('record', () => {
  it('links the entries of each provider to a chain of its own', async () => {
    await record([event({ row: 1 }), event({ provider: 'none', action: 'session.began' }), event({ row: 2 })]);
    await record([event({ row: 3 })]);
    const entries = await audit.after(`${WRITER}:${PROVIDER}`, 0, 10);
    expect(entries.map(({ seq, row }) => [seq, row])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(entries[0]?.prevHash).toBe('0'.repeat(64));
    expect(entries[1]?.prevHash).toBe(entries[0]?.hash);
    expect(entries[2]?.prevHash).toBe(entries[1]?.hash);
    for (const entry of entries) expect(auditEntrySchema.parse(entry)).toEqual(entry);
    expect((await audit.heads()).map(({ chain, seq }) => [chain, seq])).toEqual([
      [`${WRITER}:${PROVIDER}`, 3],
      [`${WRITER}:none`, 1],
    ]);
    expect(await audit.verify([])).toEqual({ ok: true, entries: 4, chains: 2, partialChains: 0 });
  });

  it('leaves nothing behind when the work it records is rolled back', async () => {
    await record([event()]);
    const work = db.write(async (trx) => {
      await audit.record(trx, [event({ row: 7 })]);
      throw new Error('the work failed');
    });
    await expect(work).rejects.toThrow('the work failed');
    expect(await audit.count({})).toBe(1);
    expect(await audit.count({ text: 'row.sent' })).toBe(1);
    await record([event({ row: 8 })]);
    expect(await audit.verify([])).toMatchObject({ ok: true, entries: 2 });
  });

  it('keeps one line when two programs write in turn', async () => {
    const other = await openLocalDb({ file: db.file });
    const theirs = createAuditService({ local: other, writer: WRITER, clock: { now: () => nowMs } });
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0
          ? record([event({ row: index })])
          : other.write((trx) => theirs.record(trx, [event({ row: index }), event({ row: index })])),
      ),
    );
    await other.close();
    expect(await audit.verify([])).toMatchObject({ ok: true, entries: 30, chains: 1 });
  });

  it('hides secrets and what names a person', async () => {
    await record([
      event({
        details: {
          headers: { Authorization: 'Bearer abc', 'VZ-M2M-Token': 'xyz' },
          attributes: [{ key: 'PrimaryPlaceOfUseLastName', value: 'Doe' }],
        },
      }),
    ]);
    const { entries } = await audit.search({ limit: 1, offset: 0 });
    expect(JSON.stringify(entries)).not.toMatch(/abc|xyz|Doe/);
    expect(await audit.count({ text: 'Bearer' })).toBe(0);
  });

  it.each([
    ['a Date', { at: new Date(0) as unknown as string }, 'details.at'],
    ['NaN', { list: [1, Number.NaN] }, 'details.list[1]'],
    ['undefined', { deep: { gone: undefined as unknown as null } }, 'details.deep.gone'],
    ['a bigint', { big: 1n as unknown as number }, 'details.big'],
  ])('refuses %s, which JSON would lose without a word', async (_name, details, place) => {
    await expect(record([event({ details })])).rejects.toThrow(`not JSON, so it can't be audited: ${place}`);
  });

  it('takes broken text as far as PostgreSQL and UTF-8 can hold it', async () => {
    await record([event({ details: { seen: 'a\ud800b\0c', 'k\udc00': 'Łódź 中 😀' } })]);
    const { entries } = await audit.search({ limit: 1, offset: 0 });
    expect(entries[0]?.details).toEqual({ seen: 'a\uFFFDb\uFFFDc', 'k\uFFFD': 'Łódź 中 😀' });
    expect(await audit.verify([])).toMatchObject({ ok: true });
  });

  it('takes a big batch', async () => {
    await record(Array.from({ length: 5_001 }, (_, index) => event({ row: index + 1, details: { n: index } })));
    expect(await audit.verify([])).toMatchObject({ ok: true, entries: 5_001 });
    await expect(record([])).resolves.toBeUndefined();
  });
});

describe('search', () => {
  const old = '89148000000012345678';
  const fresh = '89148000009876543219';
  beforeEach(async () => {
    await record([
      event({ row: 1, change: 'change-1', deviceId: 11, details: { old: { iccid: old }, new: { iccid: fresh } } }),
      event({ row: 2, change: 'change-1', deviceId: 12, details: { code: 'REQUEST_FAILED.DeviceNotFound' } }),
    ]);
    nowMs += 60_000;
    await record([
      event({ stream: 'api', actor: 'system', action: 'call.answered', correlationId: 'f3a1-77', details: { n: 42 } }),
      event({ actor: 'Łukasz', action: 'change.submitted', change: 'change-2', details: { note: 'Straße 100%_ok' } }),
    ]);
  });
  const actions = async (query: Parameters<AuditService['count']>[0]): Promise<string[]> =>
    (await audit.search({ ...query, limit: 10, offset: 0 })).entries.map(({ action, row }) => `${action} ${row}`);

  it.each([
    ['a whole ICCID', old, ['row.sent 1']],
    ['the last digits', '45678', ['row.sent 1']],
    ['digits from the middle', '98765', ['row.sent 1']],
    ['a long part that is nearly right', '148000000012345679', []],
    ['a code in other capitals', 'request_failed.devicenotfound', ['row.sent 2']],
    ['two words, each anywhere', 'sent NotFound', ['row.sent 2']],
    ['a correlation id', 'f3a1-77', ['call.answered null']],
    ['a name with letters of its own', 'łukasz', ['change.submitted null']],
    ['signs that SQL knows', '100%_', ['change.submitted null']],
    ['quotes', '"sent"', []],
    ['two digits', '42', ['call.answered null']],
    ['a short word with signs', '%_', ['change.submitted null']],
  ])('finds by %s', async (_name, text, expected) => {
    expect(await actions({ text })).toEqual(expected);
    expect(await audit.count({ text })).toBe(expected.length);
  });

  it('filters by change, line, actor, stream and time, newest first', async () => {
    expect(await actions({ change: 'change-1' })).toEqual(['row.sent 2', 'row.sent 1']);
    expect(await actions({ deviceId: 11 })).toEqual(['row.sent 1']);
    expect(await actions({ actor: 'system' })).toEqual(['call.answered null']);
    expect(await actions({ stream: 'api' })).toEqual(['call.answered null']);
    expect(await actions({ since: '2026-11-24T04:00:30Z' })).toEqual(['change.submitted null', 'call.answered null']);
    expect(await actions({ since: '2026-11-24T05:00:30+01:00', actor: 'system' })).toEqual(['call.answered null']);
    expect(await actions({ since: '2027-01-01' })).toEqual([]);
    expect(await actions({ text: 'row', change: 'change-2' })).toEqual([]);
    await expect(actions({ since: 'yesterday' })).rejects.toMatchObject({ code: 'since-unreadable', kind: 'usage' });
  });

  it('pages, and says how many there are', async () => {
    const page = await audit.search({ limit: 2, offset: 1 });
    expect(page.entries.map(({ seq }) => seq)).toEqual([3, 2]);
    expect(page).toMatchObject({ total: 4, totalIsExact: true });
  });

  it('stops counting where nobody reads on', async () => {
    await record(Array.from({ length: 10_001 }, () => event({ action: 'row.confirmed' })));
    const page = await audit.search({ text: 'confirmed', limit: 1, offset: 0 });
    expect(page).toMatchObject({ total: 10_000, totalIsExact: false });
    expect(await audit.count({ text: 'confirmed' })).toBe(10_001);
  });
});
