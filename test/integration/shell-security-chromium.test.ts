import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserProcesses, whyNoProcesses } from '../support/linux-processes';
import { driveChromium, installedChromium } from '../support/shell-driver';
import { createRecordingHost, type RecordingHost } from '../support/shell-host';
import { skipBecause } from '../support/skip';

/** The installed browser held to the same checklist as Electron, by its item numbers. */
const executable = installedChromium();
const missing = executable === null ? 'no Chromium is installed' : null;

describe('Chromium held to the same', () => {
  beforeEach(skipBecause(missing));

  let host: RecordingHost;
  let driver: Awaited<ReturnType<typeof driveChromium>>;
  let server: Server;
  let outside: string;
  const hits: string[] = [];

  beforeAll(async () => {
    if (missing !== null) return;
    server = createServer((request, answer) => {
      hits.push(request.url ?? '');
      answer.setHeader('access-control-allow-origin', '*').end('outside');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    outside = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    host = createRecordingHost();
    driver = await driveChromium(host, executable ?? '');
  });
  afterAll(async () => {
    if (missing !== null) return;
    await driver.stop();
    host.dispose();
    server.close();
  });

  it('7: neither inline scripts nor text become code', async () => {
    const ran = await driver.page.evaluate(async () => {
      const page = window as unknown as Record<string, unknown>;
      const tried: Record<string, unknown> = { inline: page['inlineRan'] };
      const attempt = (name: string, code: () => unknown): void => {
        try {
          tried[name] = code();
        } catch {
          tried[name] = undefined;
        }
      };
      // A script that the page itself evaluates, as the debugger's own evaluation is above the policy.
      const script = document.createElement('script');
      attempt('text', () => {
        script.text = 'window.textRan = true';
        document.body.append(script);
        return page['textRan'];
      });
      attempt('handler', () => {
        document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.handlerRan = true">');
        return page['handlerRan'];
      });
      const blob = document.createElement('script');
      attempt('blob', () => {
        blob.src = URL.createObjectURL(new Blob(['window.blobRan = true'], { type: 'text/javascript' }));
        document.body.append(blob);
      });
      await new Promise((done) => setTimeout(done, 200));
      return { ...tried, blob: page['blobRan'], handler: page['handlerRan'], text: page['textRan'] };
    });
    expect(ran).toEqual({ inline: undefined, text: undefined, handler: undefined, blob: undefined });
  });

  it('1: nothing reaches another server, on this computer neither', async () => {
    const told = await driver.page.evaluate(async (place) => {
      const failed = async (work: () => Promise<unknown>): Promise<boolean> =>
        work().then(
          () => false,
          () => true,
        );
      const loaded = (element: HTMLElement): Promise<unknown> =>
        new Promise((done, lost) => {
          element.addEventListener('load', done);
          element.addEventListener('error', lost);
          setTimeout(lost, 2_000);
          document.body.append(element);
        });
      const image = Object.assign(document.createElement('img'), { src: `http://${place}/image.png` });
      const frame = Object.assign(document.createElement('iframe'), { src: `http://${place}/frame.html` });
      const form = Object.assign(document.createElement('form'), { action: `http://${place}/form`, method: 'post' });
      document.body.append(form);
      const socket = new Promise((done, lost) => {
        const made = new WebSocket(`ws://${place}/socket`);
        made.addEventListener('open', done);
        made.addEventListener('error', lost);
      });
      const answers = {
        fetch: await failed(() => fetch(`http://${place}/fetch`)),
        noCors: await failed(() => fetch(`http://${place}/no-cors`, { mode: 'no-cors' })),
        image: await failed(() => loaded(image)),
        socket: await failed(() => socket),
        workers: await navigator.serviceWorker
          .register('./page.js')
          .catch(() => undefined)
          .then(() => navigator.serviceWorker.getRegistrations())
          .then((registered) => registered.length),
      };
      frame.remove();
      document.body.append(frame);
      form.submit();
      navigator.sendBeacon(`http://${place}/beacon`, 'x');
      await new Promise((done) => setTimeout(done, 300));
      return answers;
    }, outside);
    expect(told).toEqual({ fetch: true, noCors: true, image: true, socket: true, workers: 0 });
    await driver.leavesFor(`http://${outside}/navigation`);
    await driver.windowsAfterOpening(`http://${outside}/window`);
    // The server does listen: this test itself reaches it.
    await fetch(`http://${outside}/control`);
    expect(hits).toEqual(['/control']);
  });

  it('5: no permission is granted', async () => {
    const states = await driver.page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi', 'clipboard-read', 'local-fonts'];
      const asked = await Promise.all(
        names.map(async (name) => {
          const { state } = await navigator.permissions.query({ name: name as PermissionName });
          return [name, state] as const;
        }),
      );
      const position = await new Promise((done) =>
        navigator.geolocation.getCurrentPosition(
          () => done('told'),
          () => done('refused'),
        ),
      );
      const media = await navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'told',
        () => 'refused',
      );
      return {
        granted: asked.filter(([, state]) => state === 'granted'),
        position,
        media,
        notes: await Notification.requestPermission(),
      };
    });
    expect(states).toEqual({ granted: [], position: 'refused', media: 'refused', notes: 'denied' });
  });

  it('downloads nothing', async () => {
    const before = filesBelow(host.dir);
    await driver.page.evaluate(async () => {
      const link = Object.assign(document.createElement('a'), { href: './page.css', download: 'taken.css' });
      document.body.append(link);
      link.click();
      await new Promise((done) => setTimeout(done, 500));
    });
    expect(filesBelow(host.dir).filter((file) => file.includes('taken') && !before.includes(file))).toEqual([]);
  });

  it('17: a thousand made-up texts by the binding are survived', async () => {
    const { handled } = host;
    const before = handled.length;
    const texts = fc.sample(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc
          .record({
            id: fc.anything(),
            kind: fc.constantFrom('ask', 'source', 'event', 'answer'),
            name: fc.string(),
            input: fc.jsonValue(),
          })
          .map((one) => {
            try {
              return JSON.stringify(one);
            } catch {
              return '{}';
            }
          }),
      ),
      1_000,
    );
    await driver.page.evaluate((all) => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      const inner = frame.contentWindow as unknown as { swapdeskSend(text: string): void };
      for (const text of all) inner.swapdeskSend(text);
    }, texts);
    expect(
      await driver.page.evaluate(() =>
        (window as unknown as { api: { call(name: string, input: null): unknown } }).api.call('app.info', null),
      ),
    ).toMatchObject({ ok: true });
    // The last one is ours.
    expect(handled.slice(before)).toEqual([{ name: 'app.info', input: null }]);
  });

  it('17: a script beside the page’s own, as an extension’s, is not the page', async () => {
    const session = await driver.page.context().newCDPSession(driver.page);
    const { frameTree } = await session.send('Page.getFrameTree');
    const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
    const before = host.asked.length;
    await session.send('Runtime.evaluate', {
      contextId: executionContextId,
      expression: `swapdeskSend(${JSON.stringify(JSON.stringify({ id: 1, kind: 'ask', name: 'app.info', input: null }))})`,
    });
    await expect.poll(() => host.asked.length).toBe(before + 1);
    expect(host.asked.at(-1)?.sender.trusted).toBe(false);
  });

  it('listens on no port, and has a sandbox unless root started it', (context) => {
    const unseen = whyNoProcesses();
    if (unseen !== null) context.skip(unseen);
    const words = browserProcesses(host.profileDir)[0]?.words ?? [];
    expect(words).toContain('--remote-debugging-pipe');
    expect(words.filter((word) => word.startsWith('--remote-debugging-port'))).toEqual([]);
    expect(words.includes('--no-sandbox')).toBe(process.getuid?.() === 0);
  });

  it('dies with a message when its page dies', async () => {
    const other = createRecordingHost();
    const { page, window } = await driveChromium(other, executable ?? '');
    await page.goto('chrome://crash').catch(() => undefined);
    await expect(window.closed).rejects.toThrow('The window has crashed');
    await window.close();
    other.dispose();
  });
});

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' });
}
