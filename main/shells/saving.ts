import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { spawn } from 'node:child_process';
import { workFailed } from '../../shared/domain/fault';

/**
 * Where a shell without a save dialog puts files: the person's downloads, else `savedDir`, which is made.
 *
 * @param personDir the person's home folder
 */
export function downloadsDir(savedDir: string, personDir: string = homedir()): string {
  const places = [...namedDownloads(personDir), join(personDir, 'Downloads')];
  const downloads = places.find(isWritable);
  if (downloads !== undefined) return downloads;
  mkdirSync(savedDir, { recursive: true, mode: 0o700 });
  return savedDir;
}

/** Linux desktops name the folder in the person's language (xdg-user-dirs: `XDG_DOWNLOAD_DIR="$HOME/…"`). */
function namedDownloads(personDir: string): string[] {
  const file = join(personDir, '.config', 'user-dirs.dirs');
  if (!existsSync(file)) return [];
  const named = /^\s*XDG_DOWNLOAD_DIR="(\$HOME)?(\/[^"]+)"/m.exec(readFileSync(file, 'utf8'));
  if (named === null) return [];
  const [, inHome, path = ''] = named;
  return [inHome === undefined ? path : join(personDir, path)];
}

function isWritable(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `name.pdf`, or `name (2).pdf` and so on: a file that is there is never written over. */
export function freeName(dir: string, name: string): string {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let number = 1; ; number += 1) {
    const path = join(dir, number === 1 ? name : `${stem} (${number})${ending}`);
    if (!existsSync(path)) return path;
  }
}

/** What shows a file in the system's file manager. */
export function fileManager(path: string, platform: NodeJS.Platform): { command: string; args: readonly string[] } {
  if (platform === 'darwin') return { command: 'open', args: ['-R', path] };
  if (platform === 'win32') return { command: 'explorer.exe', args: [`/select,${path}`] };
  // No way to point at the file works in every file manager of Linux.
  return { command: 'xdg-open', args: [dirname(path)] };
}

/**
 * Shows the file's folder. Never through a shell: a name is not a command.
 * @throws failed `folder-not-shown` where there is no file manager
 */
export async function showInFolder(path: string, manager = fileManager(path, process.platform)): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(manager.command, [...manager.args], { stdio: 'ignore', detached: true });
      child.once('error', reject);
      child.once('spawn', () => {
        child.unref();
        resolve();
      });
    });
  } catch (error) {
    throw workFailed(
      {
        code: 'folder-not-shown',
        what: 'The folder could not be shown',
        where: dirname(path),
        why: `${manager.command} can’t be started`,
        todo: 'Open it by hand: the file is there.',
      },
      error,
    );
  }
}
