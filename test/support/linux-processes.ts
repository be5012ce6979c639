import { existsSync, readFileSync, readdirSync } from 'node:fs';

export interface LinuxProcess {
  readonly pid: number;
  readonly words: readonly string[];
}

/** Why processes can't be looked at here; null: they can. */
export function whyNoProcesses(): string | null {
  return existsSync('/proc/self/cmdline') ? null : 'only Linux shows the processes as files';
}

/** The processes of a browser on a profile: its own first, then those that it started. */
export function browserProcesses(profileDir: string): readonly LinuxProcess[] {
  const option = `--user-data-dir=${profileDir}`;
  const isHelper = ({ words }: LinuxProcess): boolean => words.some((word) => word.startsWith('--type='));
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), words: wordsOf(Number(name)) }))
    .filter(({ words }) => words.includes(option));
  return [...found.filter((one) => !isHelper(one)), ...found.filter(isHelper)];
}

/** The dead that nobody has buried yet have no words any more. */
function wordsOf(pid: number): readonly string[] {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    // A process that writes its own title, as Chromium's do where there is room for it, has one long word.
    return words.length === 1 ? (words[0]?.split(' ') ?? []) : words;
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
