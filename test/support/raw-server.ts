import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Small servers that misbehave in one way each. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Connections that were ever opened. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export async function startHttpServer(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<RawServer> {
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
  });
  return listen(server);
}

/** @param answer called with the first bytes of each connection */
export async function startTcpServer(answer: (socket: Socket) => void): Promise<RawServer> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  return listen(server);
}

export async function listen(server: Server, protocol = 'http'): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let opened = 0;
  server.on('connection', (socket: Socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${protocol}://127.0.0.1:${port}`,
    port,
    connections: () => opened,
    async close() {
      const closed = once(server, 'close');
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}
