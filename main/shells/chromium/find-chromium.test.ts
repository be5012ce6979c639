import { describe, expect, it } from 'vitest';
import { chromiumPlaces, findChromium } from './find-chromium.mjs';

const among =
  (...files: string[]) =>
  (file: string) =>
    files.includes(file);

describe('the installed browser', () => {
  it('is found on the PATH of Linux, Chromium before Chrome', () => {
    const env = { PATH: '/home/kim/bin:/usr/bin' };
    expect(findChromium({ platform: 'linux', env, exists: among('/usr/bin/google-chrome', '/usr/bin/chromium') })).toBe(
      '/usr/bin/chromium',
    );
    expect(findChromium({ platform: 'linux', env, exists: among('/home/kim/bin/google-chrome') })).toBe(
      '/home/kim/bin/google-chrome',
    );
  });

  it('is found by a desktop entry whose PATH is short', () => {
    expect(findChromium({ platform: 'linux', env: {}, exists: among('/snap/bin/chromium') })).toBe(
      '/snap/bin/chromium',
    );
  });

  it("is found among a Mac's applications, also the person's own", () => {
    const chrome = '/Users/kim/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findChromium({ platform: 'darwin', env: { HOME: '/Users/kim' }, exists: among(chrome) })).toBe(chrome);
  });

  it('is found in the program folders of Windows', () => {
    const env = { ProgramFiles: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\kim\\AppData\\Local' };
    const edge = 'C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe';
    expect(findChromium({ platform: 'win32', env, exists: among(edge) })).toBe(edge);
  });

  it('is the chosen one before all others', () => {
    const env = { SWAPDESK_CHROMIUM: '/opt/mine', PATH: '/usr/bin' };
    for (const platform of ['linux', 'darwin', 'win32'] as const)
      expect(chromiumPlaces(platform, env)[0]).toBe('/opt/mine');
  });

  it('is null where there is none', () => {
    expect(findChromium({ platform: 'linux', env: { PATH: '/usr/bin' }, exists: () => false })).toBeNull();
  });
});
