import { describe, expect, it } from 'vitest';
import { adviceFor, debianPackages, mayInstall, missingNeeds, nodeFault } from './system-packages.mjs';

const machine = (platform: NodeJS.Platform, files: readonly string[]) => ({
  platform,
  env: { PATH: '/usr/bin', HOME: '/home/kim', ProgramFiles: 'C:\\Program Files' },
  exists: (file: string) => files.includes(file),
});

const wholeDebian = [
  ...[
    'g++',
    'make',
    'python3',
    'pkg-config',
    'chromium',
    'dbus-run-session',
    'gnome-keyring-daemon',
    'Xvfb',
    'xauth',
    'apt-get',
  ].map((name) => `/usr/bin/${name}`),
  '/usr/include/libsecret-1/libsecret/secret.h',
];
const without = (...names: string[]) => wholeDebian.filter((file) => !names.some((name) => file.endsWith(name)));

describe('what a machine lacks', () => {
  it('is nothing where all is installed', () => {
    expect(missingNeeds(machine('linux', wholeDebian))).toEqual([]);
  });

  it('is everything on a bare Linux, in the words of its package manager', () => {
    expect(debianPackages(missingNeeds(machine('linux', [])))).toEqual([
      'build-essential',
      'python3',
      'pkg-config',
      'libsecret-1-dev',
      'chromium',
      'dbus',
      'gnome-keyring',
      'xvfb',
      'xauth',
    ]);
  });

  it('is found one by one', () => {
    const missing = missingNeeds(machine('linux', without('secret.h', 'chromium')));
    expect(debianPackages(missing)).toEqual(['libsecret-1-dev', 'chromium']);
  });

  it('takes another compiler and another browser as well', () => {
    const files = [...without('g++', 'chromium'), '/usr/bin/clang++', '/usr/bin/google-chrome'];
    expect(missingNeeds(machine('linux', files))).toEqual([]);
  });

  it.each(['darwin', 'win32'] as const)('is at most a browser on %s', (platform) => {
    expect(missingNeeds(machine(platform, [])).map((need) => need.name)).toEqual(['Chromium or Chrome']);
  });
});

describe('who may install', () => {
  const person = { isRoot: false, canSudo: () => false };

  it('is root on Debian', () => {
    expect(mayInstall({ ...machine('linux', wholeDebian), ...person, isRoot: true })).toBe('root');
  });

  it('is who has sudo without a password', () => {
    const files = [...wholeDebian, '/usr/bin/sudo'];
    expect(mayInstall({ ...machine('linux', files), ...person, canSudo: () => true })).toBe('sudo');
    expect(mayInstall({ ...machine('linux', files), ...person })).toBe('no');
  });

  it('is nobody without apt-get, and sudo is not even tried', () => {
    const canSudo = () => {
      throw new Error('asked');
    };
    expect(mayInstall({ ...machine('linux', []), isRoot: true, canSudo })).toBe('no');
    expect(mayInstall({ ...machine('darwin', wholeDebian), isRoot: false, canSudo })).toBe('no');
    expect(mayInstall({ ...machine('linux', wholeDebian), isRoot: false, canSudo })).toBe('no');
  });
});

describe('the advice', () => {
  const missing = missingNeeds(machine('linux', without('g++', 'chromium')));

  it('names what is missing, why, and the packages of Debian and Fedora', () => {
    expect(adviceFor(missing, 'linux')).toEqual([
      'Missing on this machine:',
      '  - a C++ compiler, to compile sqlite3 and keytar',
      '  - Chromium or Chrome, to show the window where Electron cannot be fetched, and for the end-to-end tests',
      'Install it with',
      '  Debian, Ubuntu:  sudo apt-get install --no-install-recommends build-essential chromium',
      '  Fedora:          sudo dnf install gcc-c++ chromium',
    ]);
  });

  it.each([
    ['darwin', 'macOS'],
    ['win32', 'Windows'],
  ] as const)('on %s speaks of %s only', (platform, word) => {
    const lines = adviceFor(missing, platform).slice(4).join('\n');
    expect(lines).toContain(word);
    expect(lines).not.toContain('Debian');
  });

  it('names every system on one that we do not know', () => {
    const lines = adviceFor(missing, 'freebsd').join('\n');
    for (const word of ['Debian', 'Fedora', 'macOS', 'Windows']) expect(lines).toContain(word);
  });
});

describe('the version of Node', () => {
  it.each(['20.0.0', '20.20.2', '24.21.0'])('%s will do', (version) => expect(nodeFault(version)).toBeNull());
  it.each(['18.20.4', '9.0.0'])('%s is too old, and is named', (version) =>
    expect(nodeFault(version)).toContain(version),
  );
});
