import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionCode } from './runtimeApi/function.ts';
import type { Services } from './services.ts';

/** Functions without any code of this project, which show how much of a row no authorizer can avoid on this machine. */
export interface Floors {
  /** Responds at once. */
  readonly empty: FunctionCode;
  /** Reads a key set over TLS and a secret over HTTP, at once, before its first response. */
  readonly twoRequests: FunctionCode;
  /** Verifies the ES256 signature of the token with a key that it has, and nothing else of it. */
  readonly signature: FunctionCode;
}

const EMPTY = 'export const handler = async () => ({});\n';

const TWO_REQUESTS = `
import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
const read = (request, method, url) => new Promise((done, fail) => {
  request(url, { method }, (response) => {
    response.resume().on('end', done).on('error', fail);
  }).on('error', fail).end(method === 'POST' ? '{}' : undefined);
});
const started = Promise.all([
  read(overTls, 'GET', process.env.FLOOR_KEYS),
  read(overHttp, 'POST', process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER),
]);
export const handler = async () => {
  await started;
  return {};
};
`;

const SIGNATURE = `
import { createPublicKey, verify } from 'node:crypto';
const key = createPublicKey({ key: JSON.parse(process.env.FLOOR_KEY), format: 'jwk' });
// A bare key and a signature in DER are verified a quarter faster than with \`dsaEncoding\`.
const integer = (bytes) => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = bytes[first] < 128 ? [...bytes.subarray(first)] : [0, ...bytes.subarray(first)];
  return [2, digits.length, ...digits];
};
const der = (signature) => {
  const numbers = [...integer(signature.subarray(0, 32)), ...integer(signature.subarray(32))];
  return Buffer.from([48, numbers.length, ...numbers]);
};
export const handler = async ({ headers }) => {
  const token = headers.Authorization.slice('Bearer '.length);
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  if (!verify('sha256', Buffer.from(token.slice(0, end)), key, der(signature))) {
    throw new Error('the signature is wrong');
  }
  return {};
};
`;

/** Writes the functions into a folder. */
export function writeFloors(folder: string, { issuer, keys, environment }: Services): Floors {
  const floor = (name: string, source: string, own: Readonly<Record<string, string>> = {}): FunctionCode => {
    const module = join(folder, `${name}.mjs`);
    writeFileSync(module, source);
    return { module, environment: { ...environment, ...own } };
  };
  return {
    empty: floor('empty', EMPTY),
    twoRequests: floor('two-requests', TWO_REQUESTS, { FLOOR_KEYS: `${issuer}/jwks` }),
    signature: floor('signature', SIGNATURE, { FLOOR_KEY: JSON.stringify(keys[0]) }),
  };
}
