import { createHash, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';

/** scrypt's cost: 32 MB and about 60 ms on a desktop (OWASP Password Storage Cheat Sheet: N = 2^15, r = 8, p = 3 or more
 * memory; p = 1 here since the database adds a SHA-256 and a limit on attempts). Changing it needs a migration. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const KEY_BYTES = 32;
const SALT_BYTES = 16;

/** What the database keeps of a password. */
export interface Verifier {
  readonly salt: Buffer;
  /** SHA-256 of the derived key. */
  readonly verifier: Buffer;
}

/**
 * The key that proves the password; the database compares its SHA-256. The password is brought into Unicode's NFKC form
 * first: the same keys pressed on two systems must give the same password.
 */
export function deriveKey(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, COST, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

export async function makeVerifier(password: string): Promise<Verifier> {
  const salt = randomBytes(SALT_BYTES);
  return { salt, verifier: sha256(await deriveKey(password, salt)) };
}

export function sha256(data: Buffer | string): Buffer {
  return createHash('sha256').update(data).digest();
}
