import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { externalPackages } from '../../scripts/entries.mjs';
import { openLocalDb } from '../../main/localdb/open';

const run = promisify(execFile);
let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swapdesk-test-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('several processes on one file', () => {
  const writer = `
    import { openLocalDb } from './main/localdb/open';
    const [, , file, times] = process.argv;
    const db = await openLocalDb({ file });
    for (let index = 0; index < Number(times); index += 1) {
      await db.write(async (trx) => {
        const [row] = await trx.raw("SELECT value FROM setting WHERE key = 'count'");
        await trx.raw("INSERT OR REPLACE INTO setting VALUES ('count', ?)", [String(Number(row?.value ?? 0) + 1)]);
      });
      if (times === 'Infinity') console.log(index);
    }
    await db.close();`;
  let program = '';
  beforeAll(async () => {
    program = join(dir, 'writer.mjs');
    await build({
      stdin: { contents: writer, resolveDir: resolve('.'), loader: 'ts' },
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: externalPackages.filter((name) => name !== 'pino' && name !== 'sqlite3'),
      plugins: [
        {
          // The program lies outside the repository: it names its packages by their files.
          name: 'packages-by-file',
          setup(builder) {
            builder.onResolve({ filter: /^(sqlite3|pino)$/ }, ({ path }) => ({
              path: import.meta.resolve(path).replace('file://', ''),
              external: true,
            }));
          },
        },
      ],
      banner: {
        js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`,
      },
    });
  });

  it('make it together, and lose no write', async () => {
    const file = join(dir, 'together', 'local.sqlite');
    await Promise.all(Array.from({ length: 3 }, () => run(process.execPath, [program, file, '40'])));
    const db = await openLocalDb({ file });
    expect(await db.read.raw(`SELECT value FROM setting WHERE key = 'count'`)).toEqual([{ value: '120' }]);
    await db.close();
  });

  it('keep every commit that was answered, when one is killed', async () => {
    const file = join(dir, 'killed', 'local.sqlite');
    const child = spawn(process.execPath, [program, file, 'Infinity'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let answered = 0;
    await new Promise<void>((resolveKilled) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        answered += text.split('\n').length - 1;
        if (answered >= 20) child.kill('SIGKILL');
      });
      child.on('exit', () => resolveKilled());
    });
    const db = await openLocalDb({ file });
    const [row] = await db.read.raw<{ value: string }[]>(`SELECT value FROM setting WHERE key = 'count'`);
    expect(Number(row?.value)).toBeGreaterThanOrEqual(answered);
    await db.write((trx) => trx.raw('DELETE FROM setting'));
    await db.close();
  });
});

describe('a disk of its own', () => {
  let mounted = false;
  const disk = (): string => join(dir, 'disk');
  beforeAll(async () => {
    await mkdir(disk());
    mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk()]).then(
      () => true,
      () => false,
    );
  });
  afterAll(async () => {
    if (mounted) await run('umount', [disk()]);
  });
  beforeEach((context) => {
    if (!mounted) context.skip('a small disk can only be mounted as root on Linux');
  });

  it('that is full takes back the last step and keeps all before it', async () => {
    const file = join(disk(), 'local.sqlite');
    const db = await openLocalDb({ file });
    const add = (size: number): Promise<unknown> =>
      db.write((trx) =>
        trx.raw(`INSERT INTO setting VALUES (hex(randomblob(8)), json_quote(hex(zeroblob(?))))`, [size]),
      );
    let stored = 0;
    const failure = await (async (): Promise<unknown> => {
      for (;;) {
        try {
          await add(100_000);
          stored += 1;
        } catch (error) {
          return error;
        }
      }
    })();
    expect(failure).toMatchObject({ kind: 'failed', code: 'disk-full', story: { where: file } });
    expect(stored).toBeGreaterThan(3);
    expect(await db.read.raw('SELECT count(*) AS n FROM setting')).toEqual([{ n: stored }]);
    await db.close();
    const again = await openLocalDb({ file });
    expect(await again.read.raw('SELECT count(*) AS n FROM setting')).toEqual([{ n: stored }]);
    await again.write((trx) => trx.raw('DELETE FROM setting'));
    await again.write((trx) => trx.raw(`INSERT INTO setting VALUES ('a', '1')`));
    await again.close();
  });

  it('that is full from the start is named too', async () => {
    await writeFile(join(disk(), 'filler'), Buffer.alloc(8 * 1024 * 1024)).catch(() => undefined);
    const opening = openLocalDb({ file: join(disk(), 'new', 'local.sqlite') });
    await expect(opening).rejects.toMatchObject({ code: 'disk-full' });
    await rm(join(disk(), 'filler'));
  });

  it('that is read-only is named', async () => {
    await run('mount', ['-o', 'remount,ro', disk()]);
    for (const file of [join(disk(), 'local.sqlite'), join(disk(), 'new', 'local.sqlite')]) {
      await expect(openLocalDb({ file })).rejects.toMatchObject({ kind: 'failed', code: 'data-folder-readonly' });
    }
  });
});
