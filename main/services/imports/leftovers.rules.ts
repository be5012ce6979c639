/** A living import writes a chunk every second or so; after this long its process number belongs to another program. */
const SILENT_MS = 60 * 60_000;

/**
 * Whether nobody works on an unfinished draft any more. The process number decides, and after an hour of silence the
 * clock: numbers are given out again.
 */
export function isDeadImport(
  draft: { readonly importerPid: number | null; readonly touchedAtMs: number },
  nowMs: number,
  ownPid: number,
  isAlive: (pid: number) => boolean,
): boolean {
  const { importerPid, touchedAtMs } = draft;
  // Own imports are known by name; another one under this number is of an earlier process.
  if (importerPid === null || importerPid === ownPid) return true;
  return !isAlive(importerPid) || nowMs - touchedAtMs > SILENT_MS;
}
