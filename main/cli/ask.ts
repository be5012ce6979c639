import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { usageError } from '../../shared/domain/fault';

/** Asks a person for a secret without showing it. @throws usage `secret-missing` when nobody is there to ask */
export async function askSecret(question: string, instead: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw usageError({
      code: 'secret-missing',
      what: `${question} is needed, and there is no terminal to ask at`,
      todo: `Set ${instead}.`,
    });
  }
  process.stderr.write(`${question}: `);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await new Promise<string>((resolve) => reader.question('', resolve));
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

/** Everything on standard input, up to a size that a list of credentials never reaches. */
export async function readStdin(limitBytes = 64 * 1024): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limitBytes) {
      throw usageError({
        code: 'input-too-long',
        what: 'Standard input is longer than expected',
        where: `${limitBytes} bytes`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
