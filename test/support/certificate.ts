import { generateKeyPairSync, sign } from 'node:crypto';

/**
 * A self-signed certificate made anew for each run: no key lies in the repository and no program has to be installed.
 * X.509 v3 in DER (RFC 5280), as little of it as TLS looks at.
 */
export interface CertificateOptions {
  readonly hosts: readonly string[];
  readonly addresses?: readonly (readonly [number, number, number, number])[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export function makeCertificate(options: CertificateOptions): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from('Swapdesk test')))));
  const alternativeNames = sequence(
    ...options.hosts.map((host) => der(0x82, Buffer.from(host))),
    ...(options.addresses ?? []).map((address) => der(0x87, Buffer.from(address))),
  );
  const extensions = sequence(
    sequence(oid('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, sequence(der(0x01, Buffer.from([0xff]))))),
    sequence(oid('551d11'), der(0x04, alternativeNames)),
  );
  const body = sequence(
    der(0xa0, integer(2)),
    integer(1),
    algorithm,
    name,
    sequence(time(options.notBefore), time(options.notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, extensions),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: pem(certificate) };
}

function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const integer = (value: number): Buffer => der(0x02, Buffer.from([value]));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
/** UTCTime, which is meant for the years until 2049. */
const time = (instant: Date): Buffer =>
  der(0x17, Buffer.from(`${instant.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

function pem(certificate: Buffer): string {
  const lines = (certificate.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
