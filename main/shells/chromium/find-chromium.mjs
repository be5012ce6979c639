// Where an installed Chromium or Chrome may be. Plain JavaScript without dependencies, since the set-up and start
// scripts use it before anything is built; the shell uses the same list.
import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';

const linuxNames = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'microsoft-edge-stable',
];
// A desktop entry's PATH may be shorter than a terminal's.
const linuxDirs = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/usr/lib/chromium', '/opt/google/chrome'];

const macApplications = [
  'Chromium.app/Contents/MacOS/Chromium',
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const windowsApplications = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** @typedef {Readonly<Record<string, string | undefined>>} Environment */

/** @param {string | undefined} value @returns {value is string} */
const isSet = (value) => value !== undefined && value !== '';

/**
 * Every place to look at, the likeliest first.
 * @param {NodeJS.Platform} platform
 * @param {Environment} env
 * @returns {string[]}
 */
export function chromiumPlaces(platform, env) {
  const chosen = [env.SWAPDESK_CHROMIUM].filter(isSet);
  if (platform === 'win32') {
    const roots = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA].filter(isSet);
    return [...chosen, ...windowsApplications.flatMap((place) => roots.map((dir) => win32.join(dir, place)))];
  }
  if (platform === 'darwin') {
    const roots = ['/Applications', ...[env.HOME].filter(isSet).map((home) => posix.join(home, 'Applications'))];
    return [...chosen, ...macApplications.flatMap((place) => roots.map((dir) => posix.join(dir, place)))];
  }
  const dirs = [...new Set([...(env.PATH ?? '').split(':').filter(isSet), ...linuxDirs])];
  return [...chosen, ...linuxNames.flatMap((name) => dirs.map((dir) => posix.join(dir, name)))];
}

/**
 * The program of an installed Chromium, Chrome or Edge; null when there is none.
 * @param {{ platform: NodeJS.Platform, env: Environment, exists?: (file: string) => boolean }} machine
 * @returns {string | null}
 */
export function findChromium({ platform, env, exists = existsSync }) {
  return chromiumPlaces(platform, env).find((place) => exists(place)) ?? null;
}
