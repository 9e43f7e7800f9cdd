import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { type LocalTls, localTls } from '../../services/certificates.ts';
import { type Access, signatureHeaders } from '../../services/signature.ts';

/** Whose signatures the services of a test accept. */
export const access: Access = {
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  region: 'eu-west-1',
};

/** A request of a test, before it is signed. */
export interface ServiceCall {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly by?: Access;
  readonly now?: Date;
}

/** Signs a request as an SDK does. */
export function signedHeaders(url: string, call: ServiceCall): Readonly<Record<string, string>> {
  const { service, method = 'POST', path = '/', headers = {}, body = '', by = access, now = new Date() } = call;
  const { host, pathname, searchParams } = new URL(`${url}${path}`);
  const request = { method, path: pathname, query: searchParams, headers: { host, ...headers } };
  return signatureHeaders(request, body, { ...by, service }, now);
}

/** Sends a signed request. */
export function signedFetch(url: string, call: ServiceCall): Promise<Response> {
  const { method = 'POST', path = '/', body } = call;
  return fetch(`${url}${path}`, { method, headers: signedHeaders(url, call), body });
}

/** A CA and a certificate for localhost, made for one test. */
export type TestTls = LocalTls;

export function testTls(): Promise<TestTls> {
  return localTls(temporaryFolder());
}

/** Writes a CA to a file and gives its path, as `Ready.ca` has it. */
export function caFile(directory: string, caPem: string): string {
  const path = join(directory, 'ca.pem');
  writeFileSync(path, caPem);
  return path;
}
