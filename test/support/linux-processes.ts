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
    // A process that writes its own title has one long word.
    .filter(({ words }) => words.some((word) => word === option || ` ${word} `.includes(` ${option} `)));
  return [...found.filter((one) => !isHelper(one)), ...found.filter(isHelper)];
}

/** The dead that nobody has buried yet have no words any more. */
function wordsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
