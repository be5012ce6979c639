// Which of the shells `npm start` takes. The choice is pure; scripts/start.mjs does what it says.

export const shellNames = /** @type {const} */ (['electron', 'chromium', 'terminal']);
/** @typedef {typeof shellNames[number]} ShellName */

/**
 * @typedef {{ kind: 'here', program: string } | { kind: 'absent' } | { kind: 'refused', at: number, reason: string }} ElectronState
 * `absent`: not here, and nobody has tried to fetch it lately.
 */
/**
 * @typedef {object} Situation
 * @property {boolean} hasDisplay
 * @property {ElectronState} electron
 * @property {string | null} chromium the program of an installed browser
 * @property {number} now
 * @property {ShellName | null} wish what the person asked for
 */
/** @typedef {{ shell: ShellName | 'fetch-electron' | 'none', why: string }} Choice */

export const refusalLastsMs = 24 * 60 * 60_000;

/** @param {Situation} situation @returns {Choice} */
export function chooseShell({ hasDisplay, electron, chromium, now, wish }) {
  if (wish === 'terminal') return { shell: 'terminal', why: 'as you asked' };
  if (!hasDisplay) {
    if (wish !== null) return { shell: 'none', why: `There is no display to show the ${wish} window on.` };
    return { shell: 'terminal', why: 'there is no display' };
  }
  if (wish === 'chromium') {
    if (chromium !== null) return { shell: 'chromium', why: 'as you asked' };
    return { shell: 'none', why: 'No Chromium or Chrome is installed.' };
  }
  if (electron.kind === 'here') return { shell: 'electron', why: 'its program is here' };

  const isRecent = electron.kind === 'refused' && now - electron.at < refusalLastsMs;
  if (!isRecent) return { shell: 'fetch-electron', why: 'its program is not here yet' };
  if (wish === 'electron') return { shell: 'none', why: `Electron could not be fetched: ${electron.reason}.` };
  const because = `Electron could not be fetched (${electron.reason})`;
  if (chromium !== null) return { shell: 'chromium', why: because };
  return { shell: 'terminal', why: `${because}, and no Chromium or Chrome is installed` };
}

/**
 * macOS and Windows always have a screen to draw on; Linux says so in its environment.
 * @param {NodeJS.Platform} platform
 * @param {Readonly<Record<string, string | undefined>>} env
 */
export function hasDisplay(platform, env) {
  if (platform === 'darwin' || platform === 'win32') return true;
  return [env.DISPLAY, env.WAYLAND_DISPLAY].some((value) => value !== undefined && value !== '');
}

/**
 * How the program that runs for us ends is how we end; being asked to stop is no failure.
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @param {boolean} wasAskedToStop
 */
export function exitCodeOf(code, signal, wasAskedToStop) {
  if (wasAskedToStop && (signal === 'SIGTERM' || signal === 'SIGINT' || code === 143 || code === 130)) return 0;
  return code ?? 1;
}
