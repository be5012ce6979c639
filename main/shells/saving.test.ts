import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadsDir, fileManager, freeName, showInFolder } from './saving';

let dir: string;
let person: string;
let saved: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'swapdesk-saving-'));
  person = join(dir, 'person');
  saved = join(dir, 'home', 'reports');
  mkdirSync(join(person, '.config'), { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const nameDownloads = (line: string): void =>
  writeFileSync(join(person, '.config', 'user-dirs.dirs'), `# comment\nXDG_MUSIC_DIR="$HOME/Musik"\n${line}\n`);

describe('where files go that nobody chose a place for', () => {
  it('is the folder of downloads', () => {
    mkdirSync(join(person, 'Downloads'));
    expect(downloadsDir(saved, person)).toBe(join(person, 'Downloads'));
    expect(existsSync(saved)).toBe(false);
  });

  it('is that folder by the name that the desktop gave it', () => {
    mkdirSync(join(person, 'Downloads'));
    mkdirSync(join(person, 'Mes téléchargements'));
    nameDownloads('XDG_DOWNLOAD_DIR="$HOME/Mes téléchargements"');
    expect(downloadsDir(saved, person)).toBe(join(person, 'Mes téléchargements'));
  });

  it('is the named folder also outside the person’s own', () => {
    mkdirSync(join(dir, 'disk'));
    nameDownloads(`XDG_DOWNLOAD_DIR="${join(dir, 'disk')}"`);
    expect(downloadsDir(saved, person)).toBe(join(dir, 'disk'));
  });

  it('is the data folder where there is no such folder', () => {
    nameDownloads('XDG_DOWNLOAD_DIR="$HOME/gone"');
    expect(downloadsDir(saved, person)).toBe(saved);
    expect(existsSync(saved)).toBe(true);
  });
});

describe('a name that is free', () => {
  it('is the suggested one, else one with a number', () => {
    const names = ['report.pdf', 'report (2).pdf', 'report (3).pdf'];
    for (const name of names) {
      expect(freeName(dir, 'report.pdf')).toBe(join(dir, name));
      writeFileSync(join(dir, name), 'kept');
    }
    writeFileSync(join(dir, 'plain'), 'kept');
    expect(freeName(dir, 'plain')).toBe(join(dir, 'plain (2)'));
  });
});

describe('the file manager', () => {
  const path = '/folder with space/$(name);&.pdf';

  it('is given the name as one word, whatever is in it', () => {
    expect(fileManager(path, 'linux')).toEqual({ command: 'xdg-open', args: ['/folder with space'] });
    expect(fileManager(path, 'darwin')).toEqual({ command: 'open', args: ['-R', path] });
    expect(fileManager(path, 'win32')).toEqual({ command: 'explorer.exe', args: [`/select,${path}`] });
  });

  it('is started and left alone', async () => {
    await showInFolder(path, { command: process.execPath, args: ['--version'] });
  });

  it('is told of where it is missing', async () => {
    const missing = showInFolder(path, { command: 'no-such-file-manager', args: [] });
    await expect(missing).rejects.toThrow('The folder could not be shown (/folder with space)');
  });
});
