/** Living work writes a chunk every second or so; after this long its process number belongs to another program. */
const SILENT_MS = 60 * 60_000;

/** Who does a piece of work that is written chunk by chunk, and when it last wrote. */
export interface Worker {
  /** Null: whoever did it has given it up. */
  readonly pid: number | null;
  readonly touchedAtMs: number;
}

/**
 * Whether nobody goes on with work that was begun. The process number decides, and after an hour of silence the clock:
 * numbers are given out again. Own work is known to whoever asks; another one under the own number is of an earlier
 * process.
 */
export function isDeadWork(
  { pid, touchedAtMs }: Worker,
  nowMs: number,
  ownPid: number,
  isAlive: (pid: number) => boolean = isAliveProcess,
): boolean {
  if (pid === null || pid === ownPid) return true;
  return !isAlive(pid) || nowMs - touchedAtMs > SILENT_MS;
}

function isAliveProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, but somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
