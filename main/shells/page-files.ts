import { readFile } from 'node:fs/promises';
import { extname, join, normalize, relative, isAbsolute, sep } from 'node:path';

/** One answer to a request of our own page. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/** Stands in index.html where the page reads its nonce. */
const NONCE_PLACE = '__CSP_NONCE__';

/**
 * What the page may load and run: only its own files. Styles that the component library makes at run time carry the
 * nonce of this one load.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    // React sets single properties of an element's style; no markup with style attributes is ever parsed.
    "style-src-attr 'none'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/**
 * The file under `rootDir` that a URL path names; null when it would lie outside. Decoded once, as a browser means it;
 * drive letters, backslashes and NUL never name a file of ours.
 */
export function resolvePagePath(rootDir: string, urlPath: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (/[\\\0:]/.test(decoded) || !decoded.startsWith('/') || decoded.startsWith('//')) return null;
  if (decoded.split('/').includes('..')) return null;
  const file = normalize(join(rootDir, decoded === '/' ? 'index.html' : decoded));
  const inside = relative(rootDir, file);
  if (inside === '' || isAbsolute(inside) || inside === '..' || inside.startsWith(`..${sep}`)) return null;
  return file;
}

/** Answers a request of the page from the built files, with the headers that every answer carries. Never rejects. */
export async function servePage(rootDir: string, urlPath: string, nonce: string): Promise<PageAnswer> {
  const file = resolvePagePath(rootDir, urlPath);
  const type = file === null ? undefined : CONTENT_TYPES[extname(file)];
  if (file === null || type === undefined) return refuse(nonce);
  try {
    const body = await readFile(file);
    return answer(200, type, type.startsWith('text/html') ? withNonce(body, nonce) : body, nonce);
  } catch {
    // Missing, a folder, a name longer than names may be: the page asked for what was not built.
    return refuse(nonce);
  }
}

function refuse(nonce: string): PageAnswer {
  return answer(404, 'text/plain; charset=utf-8', Buffer.from('not found'), nonce);
}

function withNonce(html: Buffer, nonce: string): Buffer {
  return Buffer.from(html.toString('utf8').replaceAll(NONCE_PLACE, nonce));
}

function answer(status: number, contentType: string, body: Buffer, nonce: string): PageAnswer {
  return {
    status,
    body,
    headers: {
      'content-type': contentType,
      'content-security-policy': contentSecurityPolicy(nonce),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  };
}
