import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { spawn } from 'node:child_process';

/** Where a shell without a save dialog puts files: the person's downloads, else the data folder. */
export function downloadsDir(homeDir: string, personDir: string = homedir()): string {
  const downloads = join(personDir, 'Downloads');
  if (existsSync(downloads)) return downloads;
  const own = join(homeDir, 'reports');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return own;
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

/** Opens the file's folder in the system's file manager. Never through a shell: a name is not a command. */
export async function showInFolder(path: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [command, args] =
    platform === 'darwin'
      ? (['open', ['-R', path]] as const)
      : platform === 'win32'
        ? (['explorer.exe', [`/select,${path}`]] as const)
        : (['xdg-open', [dirname(path)]] as const);
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: 'ignore', detached: true });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
