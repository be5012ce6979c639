import fc from 'fast-check';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolvePagePath, servePage } from './page-files';

let dir: string;
let root: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'swapdesk-page-'));
  root = join(dir, 'page');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<p nonce="__CSP_NONCE__">__CSP_NONCE__</p>');
  writeFileSync(join(root, 'assets', 'app.js'), "const place = '__CSP_NONCE__';");
  writeFileSync(join(root, 'assets', 'leak.exe'), 'x');
  writeFileSync(join(dir, 'page-secret.json'), '{"secret":true}');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('the file of an address', () => {
  it.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/app.js', 'assets/app.js'],
    ['/assets/a%20b.js', 'assets/a b.js'],
    ['/assets/./app.js', 'assets/app.js'],
  ])('%s is %s', (path, file) => {
    expect(resolvePagePath(root, path)).toBe(join(root, file));
  });

  it.each([
    '',
    'index.html',
    '/../page-secret.json',
    '/..%2fpage-secret.json',
    '/%2e%2e/page-secret.json',
    '/assets/../../page-secret.json',
    '/..\\page-secret.json',
    '/%5c..%5cpage-secret.json',
    '//etc/hosts',
    '/%2fetc/hosts',
    '/C:/secret.json',
    '/file%3a//etc/hosts',
    '/index.html%00.js',
    '/%',
    '/%c0%ae%c0%ae/page-secret.json',
    '/.',
    '/assets/..',
  ])('%s is none', (path) => {
    expect(resolvePagePath(root, path)).toBeNull();
  });

  it('never lies outside, in ten thousand tries', { timeout: 60_000 }, () => {
    const step = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2f',
      '%5c',
      '\\',
      '/',
      '//',
      'a',
      '%00',
      ':',
      '~',
      '%25',
      'page-secret.json',
    );
    const path = fc.oneof(
      fc.array(step, { maxLength: 12 }).map((steps) => `/${steps.join('/')}`),
      fc.array(step, { maxLength: 12 }).map((steps) => `/${steps.join('')}`),
      fc.string({ unit: 'binary' }).map((text) => `/${text}`),
    );
    fc.assert(
      fc.property(path, (tried) => {
        const file = resolvePagePath(root, tried);
        return (
          file === null || (file.startsWith(root + sep) && !file.split(sep).includes('..') && !file.includes('\0'))
        );
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('an answer to the page', () => {
  it('puts the nonce of this load into the page, and into nothing else', async () => {
    expect((await servePage(root, '/', 'fresh')).body.toString()).toBe('<p nonce="fresh">fresh</p>');
    expect((await servePage(root, '/assets/app.js', 'fresh')).body.toString()).toContain('__CSP_NONCE__');
  });

  it('names the kind of a file, and forbids guessing it', async () => {
    const { status, headers } = await servePage(root, '/assets/app.js', 'n');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toContain("style-src 'self' 'nonce-n'");
    expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
  });

  it.each(['/missing.js', '/assets/', '/assets', '/assets/leak.exe', '/index.html/more.js', `/${'a'.repeat(300)}.js`])(
    'finds nothing at %s, under the same policy',
    async (path) => {
      const { status, headers, body } = await servePage(root, path, 'n');
      expect([status, body.toString()]).toEqual([404, 'not found']);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    },
  );
});
