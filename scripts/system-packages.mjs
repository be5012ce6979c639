// What Swapdesk needs of the machine, and how to get it. Pure, so that every machine can be tested on one.
import { posix } from 'node:path';
import { findChromium } from '../main/shells/chromium/find-chromium.mjs';

/** @typedef {'compile' | 'window' | 'test'} Purpose */
/** @typedef {{ name: string, purpose: Purpose, debian: string, fedora: string }} Need */
/**
 * @typedef {object} Machine
 * @property {NodeJS.Platform} platform
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {(file: string) => boolean} exists
 */

/** @type {readonly (Need & { isThere: (machine: Machine) => boolean })[]} */
const needs = [
  // sqlite3 and keytar are compiled where their prebuilt files can't be fetched.
  {
    name: 'a C++ compiler',
    purpose: 'compile',
    debian: 'build-essential',
    fedora: 'gcc-c++',
    isThere: command('g++', 'c++', 'clang++'),
  },
  { name: 'make', purpose: 'compile', debian: 'build-essential', fedora: 'make', isThere: command('make') },
  { name: 'Python 3', purpose: 'compile', debian: 'python3', fedora: 'python3', isThere: command('python3') },
  {
    name: 'pkg-config',
    purpose: 'compile',
    debian: 'pkg-config',
    fedora: 'pkgconf-pkg-config',
    isThere: command('pkg-config'),
  },
  {
    name: 'the headers of libsecret',
    purpose: 'compile',
    debian: 'libsecret-1-dev',
    fedora: 'libsecret-devel',
    isThere: hasLibsecret,
  },
  {
    name: 'Chromium or Chrome',
    purpose: 'window',
    debian: 'chromium',
    fedora: 'chromium',
    isThere: (machine) => findChromium(machine) !== null,
  },
  {
    name: 'dbus-run-session',
    purpose: 'test',
    debian: 'dbus',
    fedora: 'dbus-daemon',
    isThere: command('dbus-run-session'),
  },
  {
    name: 'gnome-keyring',
    purpose: 'test',
    debian: 'gnome-keyring',
    fedora: 'gnome-keyring',
    isThere: command('gnome-keyring-daemon'),
  },
  { name: 'Xvfb', purpose: 'test', debian: 'xvfb', fedora: 'xorg-x11-server-Xvfb', isThere: command('Xvfb') },
  // xvfb-run needs it, and Debian's xvfb only recommends it.
  { name: 'xauth', purpose: 'test', debian: 'xauth', fedora: 'xorg-x11-xauth', isThere: command('xauth') },
];

/** @param {string[]} names @returns {(machine: Machine) => boolean} */
function command(...names) {
  return (machine) => names.some((name) => hasCommand(name, machine));
}

/** @param {string} name @param {Machine} machine */
export function hasCommand(name, { env, exists }) {
  return (env.PATH ?? '').split(':').some((dir) => dir !== '' && exists(posix.join(dir, name)));
}

/** @param {Machine} machine */
function hasLibsecret({ exists }) {
  return ['/usr/include', '/usr/local/include'].some((dir) => exists(`${dir}/libsecret-1/libsecret/secret.h`));
}

/**
 * What is missing. macOS and Windows come with a keychain, and fetch or compile with what their owner has installed:
 * there only the browser can be looked for.
 * @param {Machine} machine
 * @returns {Need[]}
 */
export function missingNeeds(machine) {
  return needs
    .filter((need) => machine.platform === 'linux' || need.purpose === 'window')
    .filter((need) => !need.isThere(machine))
    .map(({ isThere: _, ...need }) => need);
}

/** @param {Machine & { isRoot: boolean, canSudo: () => boolean }} machine @returns {'root' | 'sudo' | 'no'} */
export function mayInstall(machine) {
  if (machine.platform !== 'linux' || !hasCommand('apt-get', machine)) return 'no';
  if (machine.isRoot) return 'root';
  return hasCommand('sudo', machine) && machine.canSudo() ? 'sudo' : 'no';
}

/** @param {readonly Need[]} missing */
export function debianPackages(missing) {
  return [...new Set(missing.map((need) => need.debian))];
}

/** @param {readonly Need[]} missing */
function fedoraPackages(missing) {
  return [...new Set(missing.map((need) => need.fedora))];
}

/** @type {Readonly<Record<Purpose, string>>} */
const purposes = {
  compile: 'to compile sqlite3 and keytar',
  window: 'to show the window where Electron cannot be fetched, and for the end-to-end tests',
  test: 'to test the keychain and the window without a desktop',
};

/**
 * What to install by hand, for every system that we know.
 * @param {readonly Need[]} missing
 * @param {NodeJS.Platform} platform
 * @returns {string[]} lines
 */
export function adviceFor(missing, platform) {
  const list = missing.map((need) => `  - ${need.name}, ${purposes[need.purpose]}`);
  const compiles = missing.some((need) => need.purpose === 'compile');
  const showsWindow = missing.some((need) => need.purpose === 'window');
  const debian = `  Debian, Ubuntu:  sudo apt-get install --no-install-recommends ${debianPackages(missing).join(' ')}`;
  const fedora = `  Fedora:          sudo dnf install ${fedoraPackages(missing).join(' ')}`;
  const mac = [compiles && 'xcode-select --install', showsWindow && 'brew install --cask chromium']
    .filter(Boolean)
    .join(' && ');
  const windows = [
    compiles && 'winget install Microsoft.VisualStudio.2022.BuildTools Python.Python.3.12',
    showsWindow && 'winget install Google.Chrome',
  ];
  const systems = {
    linux: [debian, fedora],
    darwin: mac === '' ? [] : [`  macOS:           ${mac}`],
    win32: windows.filter(Boolean).map((line) => `  Windows:         ${line}`),
  };
  const own =
    platform in systems ? systems[/** @type {keyof typeof systems} */ (platform)] : Object.values(systems).flat();
  return ['Missing on this machine:', ...list, 'Install it with', ...own];
}

/** @param {string} version as in process.versions.node */
export function nodeFault(version) {
  const major = Number(version.split('.')[0]);
  if (major >= 20) return null;
  return `Swapdesk needs Node 20 or newer for its set-up; this is Node ${version}. Get it from https://nodejs.org or your package manager, then try again.`;
}
