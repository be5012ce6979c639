import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDesk, newFolder, type Desk, type Ended, type Running } from '../support/cli';

const ADMINISTRATOR = {
  SWAPDESK_USER: 'chief',
  SWAPDESK_PASSWORD: 'correct-horse-battery',
  SWAPDESK_CREDENTIALS: 'memory',
};

/** A message for a person: what, and what to do; one line on standard error, one document on standard output. */
function expectStory(ended: Ended, code: number, story: string): void {
  expect({ code: ended.code, story: ended.json<{ error?: { code: string } }>().error?.code }).toEqual({ code, story });
  expect(ended.stderr.trim().split('\n').at(-1)).toMatch(/^swapdesk: [A-Z].{20,}/);
  expect(ended.stderr).not.toMatch(/\n\s+at /);
}

describe('bad input', () => {
  const lists = newFolder('bad-lists');
  let desk: Desk;

  beforeAll(async () => {
    desk = newDesk(ADMINISTRATOR);
    expect((await desk.run(['central', 'init', '--url', 'embedded'])).code).toBe(0);
    const provider = ['--account', '0000123456-00001', '--base-url', 'https://thingspace.verizon.com'];
    expect((await desk.run(['provider', 'add', '--name', 'Acme', ...provider])).code).toBe(0);
  });
  afterAll(() => desk.dispose());

  const importList = (file: string) => desk.run(['import', file, '--provider', 'Acme', '--json']);
  const list = (name: string, content: string | Buffer): string => {
    const file = join(lists, name);
    writeFileSync(file, content);
    return file;
  };

  it.each([
    ['a missing file', () => join(lists, 'nowhere.csv'), 'file-missing'],
    ['a folder', () => lists, 'file-is-folder'],
    ['an empty file', () => list('empty.csv', ''), 'file-empty'],
    ['a picture', () => list('picture.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2, 3])), 'file-binary'],
    ['a file without the needed column', () => list('columns.csv', 'Name,Colour\nA,red\n'), 'column-missing'],
  ])('%s is refused with nothing stored', async (_what, file, story) => {
    expectStory(await importList(file()), 1, story);
    expect((await desk.run(['draft', 'list', '--json'])).json()).toEqual({ drafts: [] });
  });

  it('an unknown provider, option, command, draft and change is wrong usage', async () => {
    const file = list('good.csv', 'Old ICCID,New ICCID\n');
    expectStory(await desk.run(['import', file, '--provider', 'Nobody', '--json']), 2, 'provider-unknown');
    expectStory(await desk.run(['submit', '77', '--json']), 2, 'draft-unknown');
    expectStory(await desk.run(['change', 'show', '77', '--json']), 2, 'change-unknown');
    expect((await desk.run(['import', file, '--provider'])).code).toBe(2);
    expect((await desk.run(['rollback', '1'])).code).toBe(2);
    expect((await desk.run(['run', '--timeout', 'soon'])).code).toBe(2);
  });

  it('a wrong password is told, without telling whether the name exists', async () => {
    const wrong = await desk.run(['change', 'list', '--json'], { env: { SWAPDESK_PASSWORD: 'not-the-password' } });
    const nobody = await desk.run(['change', 'list', '--json'], { env: { SWAPDESK_USER: 'nobody-here' } });
    expectStory(wrong, 3, 'sign-in-refused');
    expect(nobody.json()).toEqual(wrong.json());
    expectStory(await desk.run(['change', 'list', '--json'], { env: { SWAPDESK_USER: '' } }), 3, 'not-signed-in');
  });

  it('two processors on one data folder: the second says who holds it', async () => {
    const first = desk.start(['run', '--json']);
    try {
      await said(first, /nothing has ended yet/);
      expectStory(await desk.run(['run', '--until-idle', '--json']), 1, 'processor-running');
    } finally {
      first.process.kill('SIGTERM');
    }
    expect((await first.ended).code).toBe(0);
  });

  it('a data folder that is a file, or can’t be written, is named', async () => {
    const file = list('not-a-folder', 'x');
    expectStory(await newDesk(ADMINISTRATOR, file).run(['change', 'list', '--json']), 1, 'data-folder-unusable');
    const inside = newDesk(ADMINISTRATOR, join(file, 'home'));
    expectStory(await inside.run(['central', 'init', '--url', 'embedded', '--json']), 1, 'data-folder-unusable');
    const readOnly = join(newFolder('read-only'), 'home');
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o500);
    // Root may write anywhere, so only an ordinary user sees this refusal.
    if (process.getuid?.() !== 0) {
      expectStory(await newDesk(ADMINISTRATOR, readOnly).run(['change', 'list', '--json']), 1, 'data-folder-unusable');
    }
  });
});

/** Once it tells its progress it holds the folder. */
async function said(running: Running, words: RegExp): Promise<void> {
  while (!words.test(running.stderr())) await new Promise((done) => setTimeout(done, 20));
}
