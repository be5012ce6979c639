import { readFileSync } from 'node:fs';
import { usageError } from '../../shared/domain/fault';
import { portNumber } from './arguments';
import type { Registration } from './command';
import { plural } from './output';

interface ServeArguments {
  readonly port: string;
  readonly host: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly allow: readonly string[];
  readonly proxy: readonly string[];
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const registerCallbacks: Registration = (program, act) => {
  program
    .command('callbacks')
    .description('what the carrier reports')
    .command('serve')
    .description('receive the carrier’s callbacks for every desk, on a server')
    .requiredOption('--port <n>', 'where to listen; 0: any free port')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--tls-cert <file>', 'certificate chain (PEM); without it: plain HTTP behind a proxy that ends TLS')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--allow <network>', 'only these senders, e.g. 203.0.113.0/24 (repeatable)', collect, [])
    .option('--proxy <network>', 'believe this proxy when it names the sender (repeatable)', collect, [])
    .action(
      act(async (run, options: ServeArguments) => {
        const workspace = await run.workspace('callbacks.store');
        const { waiting } = await workspace.serveCallbacks({
          host: options.host,
          port: portNumber('--port', options.port),
          tls: readTls(options),
          allow: options.allow,
          proxies: options.proxy,
          signal: run.signal,
          onListening(url, served) {
            const names = served.map(({ name, callbackUrl }) => `${name} (${callbackUrl ?? ''})`).join(', ');
            run.notice(`listening on ${url} for ${names}`);
          },
          onNote: (note) => run.notice(note),
        });
        return {
          json: { waiting },
          text:
            waiting === 0
              ? 'Stopped; everything is handed over.'
              : `Stopped; ${plural(waiting, 'record')} still to be handed over.`,
        };
      }),
    );
};

/** @throws usage `tls-incomplete`, `file-unreadable` */
function readTls({ tlsCert, tlsKey }: ServeArguments): { readonly key: string; readonly cert: string } | null {
  if (tlsCert === undefined && tlsKey === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined)
    throw usageError({
      code: 'tls-incomplete',
      what: 'A certificate and its key belong together',
      where: tlsCert === undefined ? '--tls-cert' : '--tls-key',
      todo: 'Give both, or neither behind a proxy that ends TLS.',
    });
  return { cert: readText('--tls-cert', tlsCert), key: readText('--tls-key', tlsKey) };
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageError({
      code: 'file-unreadable',
      what: 'A file can’t be read',
      where: `${option} ${file}`,
      why: error instanceof Error ? error.message : String(error),
      todo: 'Check its path, and that the account of the receiver may read it.',
    });
  }
}
