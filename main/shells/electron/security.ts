import type { App, Protocol, Session, WebContents } from 'electron';
import { randomBytes } from 'node:crypto';
import { servePage } from '../page-files';

/** Our own scheme: no file://, no remote content (Electron's security checklist, items 1, 7, 18). */
const SCHEME = 'app';
export const ORIGIN = `${SCHEME}://swapdesk`;

/** Must run before the application is ready. */
export function declareScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** True for a URL of our own page, judged by its parsed origin and never by how it begins. */
export function isOurs(url: string): boolean {
  const parsed = URL.parse(url);
  // Node gives a scheme of our own the origin "null", so scheme and host are compared.
  return parsed !== null && parsed.protocol === `${SCHEME}:` && parsed.host === 'swapdesk' && parsed.username === '';
}

/** Answers our scheme from the built files. */
export function servePages(protocol: Pick<Protocol, 'handle'>, rendererDir: string): void {
  protocol.handle(SCHEME, async (request) => {
    if (!isOurs(request.url) || request.method !== 'GET') return new Response('not found', { status: 404 });
    const nonce = randomBytes(16).toString('base64');
    const { status, headers, body } = await servePage(rendererDir, new URL(request.url).pathname, nonce);
    return new Response(new Uint8Array(body), { status, headers });
  });
}

/** Nothing that a page may ask the system for is granted (items 5 and 20). */
export function denyPermissions(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler' | 'on' | 'webRequest'
  >,
): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
  // A data: picture comes from no network.
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !isOurs(details.url) && URL.parse(details.url)?.protocol !== 'data:' }),
  );
}

/** No navigation away, no second window, no webview, in whatever contents are made (items 11 to 14). */
export function confineContents(app: Pick<App, 'on'>): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.on('will-navigate', (details) => {
      if (!isOurs(details.url)) details.preventDefault();
    });
    contents.on('will-frame-navigate', (details) => {
      if (!isOurs(details.url)) details.preventDefault();
    });
    contents.on('will-redirect', (details) => {
      if (!isOurs(details.url)) details.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}
