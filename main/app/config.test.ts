import { describe, expect, it } from 'vitest';
import { useUtf8 } from './config';

describe('the locale that child processes get', () => {
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['none is set', {}, { LC_CTYPE: 'C.UTF-8' }],
    ['the plain one is set for all', { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, { LC_ALL: 'C.UTF-8', LANG: 'de_DE.UTF-8' }],
    ['an old one is set', { LANG: 'de_DE.ISO-8859-1' }, { LANG: 'de_DE.ISO-8859-1', LC_CTYPE: 'C.UTF-8' }],
    ['it has UTF-8', { LANG: 'en_US.utf8' }, { LANG: 'en_US.utf8' }],
    ['an empty name counts as none', { LC_ALL: '', LANG: 'C.UTF-8' }, { LC_ALL: '', LANG: 'C.UTF-8' }],
  ])('has UTF-8 on Linux: %s', (_case, given, expected) => {
    const env = { ...given };
    useUtf8(env, 'linux');
    expect(env).toEqual(expected);
  });

  it('is left alone elsewhere', () => {
    const env = {};
    useUtf8(env, 'win32');
    expect(env).toEqual({});
  });
});
