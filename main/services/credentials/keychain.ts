import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { workFailed } from '../../../shared/domain/fault';
import type { Clock } from '../../lib/clock';
import type { SecretStore } from './types';

/** The name under which the operating system shows our entries. */
const SERVICE = 'Swapdesk';
const PROBE_LIMIT_MS = 5_000;
/** Long enough for a person to type the keychain's password into the system's prompt. */
const ANSWER_LIMIT_MS = 60_000;

// A locked keychain still finds nothing for an unknown name; only writing shows whether it can be used.
const PROBE_SCRIPT = `
  const keytar = require(process.argv[1]);
  const account = 'probe:' + process.pid;
  const proof = String(Math.random());
  (async () => {
    await keytar.setPassword('${SERVICE}', account, proof);
    const found = await keytar.getPassword('${SERVICE}', account);
    await keytar.deletePassword('${SERVICE}', account);
    process.exit(found === proof ? 0 : 1);
  })().catch(() => process.exit(1));`;

/**
 * Whether there is a keychain that answers. Asked in a child process, because keytar blocks its thread for ever when
 * the keychain is locked and there is no screen for its prompt. Not for Electron, which is no Node to start by path:
 * its shell brings a probe of its own.
 *
 * @param keytarFile only for tests: another module than keytar
 */
export function probeInChild(
  clock: Clock,
  keytarFile = createRequire(import.meta.url).resolve('keytar'),
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', PROBE_SCRIPT, keytarFile], { stdio: 'ignore', windowsHide: true });
    const stopWaiting = clock.after(PROBE_LIMIT_MS, () => child.kill('SIGKILL'));
    const end = (works: boolean): void => {
      stopWaiting();
      resolve(works);
    };
    child.once('error', () => end(false));
    child.once('exit', (code) => end(code === 0));
  });
}

/** The keychain of the operating system: Keychain, Credential Manager, or libsecret's service. */
export async function openKeychain(clock: Clock): Promise<SecretStore> {
  const { default: keytar } = await import('keytar');
  return {
    kind: 'keychain',
    notice: null,
    get: (name) => answerOf(clock, keytar.getPassword(SERVICE, name)),
    set: (name, secret) => answerOf(clock, keytar.setPassword(SERVICE, name, secret)),
    async delete(name) {
      await answerOf(clock, keytar.deletePassword(SERVICE, name));
    },
  };
}

/** @throws failed `keychain-refused`, `keychain-silent` */
async function answerOf<T>(clock: Clock, asked: Promise<T>): Promise<T> {
  let stopWaiting: () => void = () => undefined;
  const silence = new Promise<never>((_, reject) => {
    stopWaiting = clock.after(ANSWER_LIMIT_MS, () =>
      reject(
        workFailed({
          code: 'keychain-silent',
          what: 'The keychain does not answer',
          why: 'it may have been locked',
          todo: 'Unlock the keychain of this computer, then try again.',
        }),
      ),
    );
  });
  const answer = asked.catch((error: unknown) => {
    throw workFailed({
      code: 'keychain-refused',
      what: 'The keychain refused',
      // keytar's messages are the operating system's and hold no secret.
      why: error instanceof Error ? error.message : 'no reason given',
      todo: 'Unlock the keychain of this computer, then try again.',
    });
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    stopWaiting();
  }
}
