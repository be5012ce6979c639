import writeFileAtomic from 'write-file-atomic';

/**
 * Writes a file whole or not at all: beside it first, flushed to the disk, then renamed over it. Mode 0600.
 * @throws what the operating system says; the old file is still there then
 */
export async function writeFileAtomically(file: string, data: string | Buffer): Promise<void> {
  await writeFileAtomic(file, data, { mode: 0o600, fsync: true });
}
