import { describe, expect, it } from 'vitest';
import { chooseShell, exitCodeOf, hasDisplay, refusalLastsMs } from './choose-shell.mjs';

type Situation = Parameters<typeof chooseShell>[0];

const desk: Situation = {
  hasDisplay: true,
  electron: { kind: 'here', program: '/electron' },
  chromium: '/usr/bin/chromium',
  now: 1_000_000_000_000,
  wish: null,
};
const absent = { kind: 'absent' } as const;
const refused = (msAgo: number) =>
  ({ kind: 'refused', at: desk.now - msAgo, reason: 'no answer within 10 s' }) as const;
const choose = (change: Partial<Situation>) => chooseShell({ ...desk, ...change });

describe('the shell', () => {
  it('is Electron when its program is here', () => {
    expect(choose({}).shell).toBe('electron');
  });

  it('is fetched when nobody has tried lately', () => {
    expect(choose({ electron: absent }).shell).toBe('fetch-electron');
    expect(choose({ electron: refused(refusalLastsMs) }).shell).toBe('fetch-electron');
  });

  it('is an installed Chromium for a day after a refusal, and says why', () => {
    expect(choose({ electron: refused(refusalLastsMs - 1) })).toEqual({
      shell: 'chromium',
      why: 'Electron could not be fetched (no answer within 10 s)',
    });
  });

  it('is the terminal when there is neither', () => {
    const choice = choose({ electron: refused(0), chromium: null });
    expect(choice.shell).toBe('terminal');
    expect(choice.why).toContain('no Chromium');
  });

  it('is the terminal without a display, and Electron is not even fetched', () => {
    expect(choose({ hasDisplay: false, electron: absent })).toEqual({ shell: 'terminal', why: 'there is no display' });
  });

  it('is what the person asked for', () => {
    expect(choose({ wish: 'chromium' }).shell).toBe('chromium');
    expect(choose({ wish: 'terminal' }).shell).toBe('terminal');
    expect(choose({ wish: 'electron', electron: absent }).shell).toBe('fetch-electron');
  });

  it('is none when what was asked for cannot be had', () => {
    expect(choose({ wish: 'chromium', chromium: null }).shell).toBe('none');
    expect(choose({ wish: 'electron', electron: refused(0) }).why).toContain('no answer within 10 s');
    expect(choose({ wish: 'electron', hasDisplay: false }).shell).toBe('none');
  });
});

describe('a display', () => {
  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: '' }, false],
    ['linux', { DISPLAY: ':99' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
    ['win32', {}, true],
  ] as const)('on %s with %o: %s', (platform, env, expected) => {
    expect(hasDisplay(platform, env)).toBe(expected);
  });
});

describe('the exit code', () => {
  it("is the program's own", () => {
    expect(exitCodeOf(0, null, false)).toBe(0);
    expect(exitCodeOf(3, null, false)).toBe(3);
    expect(exitCodeOf(3, null, true)).toBe(3);
  });

  it('is 0 when it was asked to stop and did', () => {
    expect(exitCodeOf(null, 'SIGTERM', true)).toBe(0);
    expect(exitCodeOf(143, null, true)).toBe(0);
  });

  it('is 1 when the program was killed', () => {
    expect(exitCodeOf(null, 'SIGKILL', false)).toBe(1);
    expect(exitCodeOf(null, 'SIGTERM', false)).toBe(1);
  });
});
