import { webcrypto } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackModel } from '../assembly/model.ts';

/** A CA and a certificate for localhost, made for one test. */
export interface TestTls {
  readonly cert: string;
  readonly key: string;
  readonly caPem: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** `@peculiar/x509` asks for a metadata polyfill, of which it only needs the names here. */
async function loadX509() {
  if (!('getMetadata' in Reflect)) {
    const none = () => undefined;
    Object.assign(Reflect, { getMetadata: none, getOwnMetadata: none, defineMetadata: none });
  }
  return import('@peculiar/x509');
}

export async function testTls(): Promise<TestTls> {
  const x509 = await loadX509();
  const ca = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const leaf = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const common = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...common,
    name: 'CN=Test CA',
    keys: ca,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  });
  const cert = await x509.X509CertificateGenerator.create({
    ...common,
    subject: 'CN=localhost',
    issuer: root.subject,
    publicKey: leaf.publicKey,
    signingKey: ca.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', leaf.privateKey);
  return {
    cert: cert.toString('pem'),
    caPem: root.toString('pem'),
    key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
  };
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'secure-api-services-'));
}

/** Writes a CA to a file and gives its path, as `Ready.ca` has it. */
export function caFile(directory: string, caPem: string): string {
  const path = join(directory, 'ca.pem');
  writeFileSync(path, caPem);
  return path;
}

/** A stack with nothing in it, and what the test adds. */
export function stackOf(parts: Partial<StackModel> = {}): StackModel {
  return {
    name: 'Test',
    region: 'eu-central-1',
    account: '111111111111',
    apis: [],
    functions: [],
    usagePlans: [],
    apiKeys: [],
    tables: [],
    topics: [],
    alarms: [],
    metricFilters: [],
    secrets: [],
    userPools: [],
    notices: [],
    ...parts,
  };
}
