import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import papaparse from 'papaparse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../../scripts/verify-audit.mjs';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { withoutTextMark } from '../../lib/csv-cells';
import { createAuditService, type AuditService } from '.';
import { canonicalText, sha256 } from '../../lib/canonical';

const WRITER = 'desktop:d:u';
const CHAIN = `${WRITER}:p`;
const ICCID = '89148000000012345678';

interface Exported {
  format: Record<string, unknown>;
  chains: { chain: string; complete: boolean; entries: number; toSeq: number; head: { seq: number; hash: string } }[];
  entries: (Record<string, unknown> & { chain: string; seq: number; hash: string; prevHash: string })[];
}

let db: TestDb;
let dir: string;
let audit: AuditService;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swapdesk-export-'));
  db = await openTestDb();
  audit = createAuditService({ local: db, writer: WRITER, clock: { now: () => Date.parse('2026-11-24T04:00:00Z') } });
  await db.write(async (trx) => {
    await audit.record(
      trx,
      Array.from({ length: 12 }, (_, index) => ({
        stream: 'm2m' as const,
        actor: index % 2 === 0 ? '=HYPERLINK("http://x")' : 'Łukasz',
        action: 'row.sent',
        provider: index % 3 === 2 ? 'none' : 'p',
        change: index < 6 ? 'change-1' : 'change-2',
        row: index + 1,
        deviceId: 5,
        details: { iccid: ICCID, text: 'a "quoted", {braced} [list] \\ line\nbreak "prevHash":"x"', n: -1.5e-7 },
      })),
    );
  });
});
afterAll(async () => {
  await db.close();
  await rm(dir, { recursive: true, force: true });
});

async function exported(filter: Parameters<AuditService['export']>[2] = {}): Promise<string> {
  const file = join(dir, 'trail.json');
  await audit.export('json', file, filter);
  return readFile(file, 'utf8');
}

/** Both verifiers, ours and the stand-alone one: they were written apart and must agree. */
async function verdictOf(text: string): Promise<unknown> {
  const file = join(dir, 'received.json');
  await writeFile(file, text);
  const [ours, alone] = await Promise.all([audit.verifyFile(file), verifyAudit(file)]);
  const bare = ({ detail: _detail, ...rest }: typeof ours & { detail?: string }): unknown => rest;
  expect(bare(alone as typeof ours)).toEqual(bare(ours));
  return ours;
}

const edited = async (edit: (document: Exported) => void): Promise<string> => {
  const document = JSON.parse(await exported()) as Exported;
  edit(document);
  const lines = document.entries.map((entry) => canonicalText(entry)).join(',\n');
  return `{"format":${JSON.stringify(document.format)},"chains":${JSON.stringify(document.chains)},"entries":[${lines}]}`;
};
const inChain = (document: Exported, seq: number): Exported['entries'][number] => {
  const entry = document.entries.find((candidate) => candidate.chain === CHAIN && candidate.seq === seq);
  if (entry === undefined) throw new Error(`no entry ${seq}`);
  return entry;
};
const reseal = (entry: Exported['entries'][number]): void => {
  const { hash: _hash, ...sealed } = entry;
  entry.hash = sha256(canonicalText(sealed));
};
const remove = (document: Exported, seq: number): void => {
  document.entries.splice(document.entries.indexOf(inChain(document, seq)), 1);
};

describe('JSON', () => {
  it('holds format, chains and entries, and verifies by itself', async () => {
    const text = await exported();
    const document = JSON.parse(text) as Exported;
    expect(document.format).toEqual({
      name: 'swapdesk-audit',
      version: 1,
      hash: 'SHA-256',
      canonicalForm: 'RFC 8785',
      exportedAt: '2026-11-24T04:00:00.000Z',
      filter: null,
    });
    expect(document.chains).toMatchObject([
      { chain: `${WRITER}:none`, complete: true, fromSeq: 1, toSeq: 4, entries: 4, head: { seq: 4 } },
      { chain: CHAIN, complete: true, fromSeq: 1, toSeq: 8, entries: 8, head: { seq: 8 } },
    ]);
    expect(document.entries).toEqual((await audit.search({ limit: 100, offset: 0 })).entries.toReversed());
    expect(await verdictOf(text)).toEqual({ ok: true, entries: 12, chains: 2, partialChains: 0 });
  });

  it('may be indented on its way, and still verifies', async () => {
    const document = JSON.parse(await exported()) as Exported;
    expect(await verdictOf(`\uFEFF${JSON.stringify(document, null, 2)}`)).toMatchObject({ ok: true, entries: 12 });
  });

  it('of a filter says so, and is checked as far as it goes', async () => {
    const text = await exported({ change: 'change-2', actor: 'Łukasz' });
    const document = JSON.parse(text) as Exported;
    expect(document.format['filter']).toEqual({ actor: 'Łukasz', change: 'change-2' });
    expect(document.chains.map(({ complete, entries }) => [complete, entries])).toEqual([
      [false, 1],
      [false, 2],
    ]);
    expect(await verdictOf(text)).toEqual({ ok: true, entries: 3, chains: 2, partialChains: 2 });
    expect(await verdictOf(text.replace('"row":8', '"row":9'))).toMatchObject({
      ok: false,
      problem: 'changed',
      seq: 6,
    });
    const lines = text.split('\n');
    expect(await verdictOf(lines.toSpliced(3, 1).join('\n'))).toMatchObject({ ok: false, problem: 'missing' });
    const cut = lines.toSpliced(-3, 1).join('\n').replace(/,\n\]/, '\n]');
    expect(await verdictOf(cut)).toMatchObject({ ok: false, problem: 'cut' });
  });

  it('of nothing is a file without entries', async () => {
    const text = await exported({ text: 'nowhere' });
    expect((JSON.parse(text) as Exported).entries).toEqual([]);
    expect(await verdictOf(text)).toMatchObject({ ok: true, entries: 0 });
  });

  it.each<[string, (document: Exported) => void, number, string]>([
    ['changed', (document) => (inChain(document, 3)['actor'] = 'mallory'), 3, 'changed'],
    ['changed in a detail', (document) => (inChain(document, 3)['details'] = { iccid: '1' }), 3, 'changed'],
    ['given another number', (document) => (inChain(document, 3).seq = 30), 3, 'changed'],
    [
      'changed and hashed anew',
      (document) => {
        inChain(document, 3)['actor'] = 'mallory';
        reseal(inChain(document, 3));
      },
      3,
      'changed',
    ],
    [
      'the last, changed and hashed anew',
      (document) => {
        inChain(document, 8)['actor'] = 'mallory';
        reseal(inChain(document, 8));
      },
      8,
      'changed',
    ],
    ['deleted', (document) => remove(document, 3), 3, 'missing'],
    ['the first, deleted', (document) => remove(document, 1), 1, 'missing'],
    [
      'put in another place',
      (document) => {
        const entry = inChain(document, 3);
        remove(document, 3);
        document.entries.push(entry);
      },
      3,
      'reordered',
    ],
    ['repeated', (document) => document.entries.push(inChain(document, 3)), 3, 'reordered'],
    ['cut off', (document) => [7, 8].forEach((seq) => remove(document, seq)), 7, 'cut'],
    ['of no chain in the list', (document) => document.chains.pop(), 1, 'changed'],
    ['no entry', (document) => document.entries.splice(1, 1, {} as never), 2, 'unreadable'],
  ])('names an entry that was %s', async (_name, edit, seq, problem) => {
    expect(await verdictOf(await edited(edit))).toMatchObject({ ok: false, chain: CHAIN, seq, problem });
  });

  it('names a place where the text itself is damaged', async () => {
    const text = await exported();
    const half = text.slice(0, text.length / 2);
    expect(await verdictOf(half)).toMatchObject({ ok: false, problem: 'unreadable' });
    expect(await verdictOf(`${text}{"entries":[]}`)).toMatchObject({ ok: false, problem: 'unreadable' });
    const twice = text.replace('"action":"row.sent","actor"', '"action":"row.lost","action":"row.sent","actor"');
    expect(await verdictOf(twice)).toMatchObject({ ok: false, seq: 1, problem: 'unreadable' });
  });

  it.each([
    ['a text', 'hello'],
    ['nothing', ''],
    ['another JSON', '{"rows":[1,2]}'],
    ['a list', '[{"entries":[]}]'],
    ['entries before their chains', '{"entries":[{"a":1}]}'],
    ['another format', '{"format":{"name":"other"},"chains":[],"entries":[]}'],
  ])('is not mistaken for %s', async (_name, text) => {
    const file = join(dir, 'other.json');
    await writeFile(file, text);
    await expect(audit.verifyFile(file)).rejects.toMatchObject({ code: 'not-an-audit-export', kind: 'failed' });
    await expect(verifyAudit(file)).rejects.toThrow();
  });

  it('needs a file', async () => {
    await expect(audit.verifyFile(join(dir, 'gone'))).rejects.toMatchObject({ code: 'file-missing', kind: 'usage' });
    await expect(audit.verifyFile(dir)).rejects.toMatchObject({ code: 'file-missing' });
  });
});

describe('the stand-alone verifier', () => {
  const script = fileURLToPath(new URL('../../../scripts/verify-audit.mjs', import.meta.url));
  const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, [script, ...args]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );

  it('imports nothing but Node', async () => {
    const imports = (await readFile(script, 'utf8')).match(/from '([^']+)'/g) ?? [];
    expect(imports.every((name) => name.startsWith("from 'node:"))).toBe(true);
  });

  it('says by its exit code what it found', async () => {
    const file = join(dir, 'trail.json');
    const text = await exported();
    expect(await run(file)).toMatchObject({ code: 0, stdout: expect.stringContaining('12 entries in 2 chains') });
    await writeFile(file, text.replace('"row":4', '"row":5'));
    expect(await run(file, '--json')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('"problem":"changed"'),
    });
    expect(await run(join(dir, 'gone'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no file'),
    });
    expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining('Usage') });
    await writeFile(file, 'hello');
    expect(await run(file)).toMatchObject({ code: 2, stderr: expect.stringContaining('no audit export') });
  });

  it('names a tail that was cut with its head, by a head from elsewhere', async () => {
    const head = (await audit.heads()).find(({ chain }) => chain === CHAIN);
    const file = join(dir, 'cut.json');
    await writeFile(
      file,
      await edited((document) => {
        remove(document, 8);
        const stated = document.chains.find(({ chain }) => chain === CHAIN);
        if (stated === undefined) throw new Error('no chain');
        Object.assign(stated, { toSeq: 7, entries: 7, head: { seq: 7, hash: inChain(document, 7).hash } });
      }),
    );
    expect(await run(file)).toMatchObject({ code: 0 });
    const seen = await run(file, '--json', '--head', `${CHAIN}=${head?.seq}:${head?.hash}`);
    expect(JSON.parse(seen.stdout)).toMatchObject({ ok: false, chain: CHAIN, seq: 8, problem: 'cut' });
    expect(await run(file, '--head', 'nonsense')).toMatchObject({ code: 2 });
  });
});

describe('CSV', () => {
  it('opens no formula, keeps every digit, and reads back as it was', async () => {
    const file = join(dir, 'trail.csv');
    expect(await audit.export('csv', file, {})).toEqual({ entries: 12 });
    const text = await readFile(file, 'utf8');
    expect(text.startsWith('\uFEFFat,stream,actor,')).toBe(true);
    const { data } = papaparse.parse<Record<string, string>>(text.slice(1), { header: true, skipEmptyLines: true });
    expect(data).toHaveLength(12);
    expect(data[0]?.['actor']).toBe(`'=HYPERLINK("http://x")`);
    const { entries } = await audit.search({ limit: 100, offset: 0 });
    const back = data.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, withoutTextMark(cell)])),
    );
    for (const [index, entry] of entries.toReversed().entries()) {
      const { details, ...plain } = entry;
      const expected = Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, String(value ?? '')]));
      expect(back[index]).toEqual({ ...expected, details: canonicalText(details) });
    }
  });
});

describe('a place where no file can be', () => {
  it.each([
    ['a missing folder', (): string => join(dir, 'no', 'trail.json'), 'the folder does not exist'],
    ['a folder', (): string => dir, 'there is a folder of that name'],
    ['below a file', (): string => join(dir, 'plain', 'trail.json'), 'the folder does not exist'],
  ])('is refused: %s', async (_name, place, why) => {
    await writeFile(join(dir, 'plain'), '');
    await expect(audit.export('json', place(), {})).rejects.toMatchObject({
      code: 'export-not-written',
      kind: 'failed',
      story: { why },
    });
  });

  it('is refused: a folder of somebody else', async (context) => {
    if (process.getuid?.() === 0) context.skip('root may write everywhere');
    const closed = await mkdtemp(join(dir, 'closed-'));
    await chmod(closed, 0o500);
    await expect(audit.export('csv', join(closed, 'a.csv'), {})).rejects.toMatchObject({
      code: 'export-not-written',
    });
  });

  it('leaves the older file and nothing else', async () => {
    const file = join(dir, 'kept.json');
    await writeFile(file, 'older');
    await expect(audit.export('json', file, { since: 'never' })).rejects.toMatchObject({ code: 'since-unreadable' });
    expect(await readFile(file, 'utf8')).toBe('older');
    expect((await readdir(dir)).filter((name) => name.endsWith('.part'))).toEqual([]);
    await audit.export('json', file, {});
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});
