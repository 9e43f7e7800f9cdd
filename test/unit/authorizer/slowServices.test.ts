import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { introspectionProver } from '../../../lambdas/authorizer/introspection.ts';
import { keySetAt } from '../../../lambdas/authorizer/keySet.ts';
import { secretsManager } from '../../../lambdas/authorizer/secretsManager.ts';
import { counterTable } from '../../../lambdas/runtime/limit/counterTable.ts';
import { awsCall } from '../../../lambdas/shared/aws.ts';
import type { IntrospectionIssuer } from '../../../lib/definition/tokenIssuer.ts';
import { claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';
import { localCertificate, startHttps, type TestServer } from './support/services.ts';

/** Part of its limit after which a service returns a good response: more than half, so an early end of attempts shows. */
const SLOW_SHARE = 0.7;

/** Takes that part of a limit, then returns everything that one of the services returns. */
const slowly = async (limitMs: number) => {
  await sleep(limitMs * SLOW_SHARE);
  const item = { n: { N: '1' } };
  return JSON.stringify({ active: true, Item: item, Attributes: item, SecretString: 'value', keys: [key] });
};

let limitMs = 0;
const requests: string[] = [];
const plain = createServer(async (request, response) => {
  requests.push(String(request.headers['x-amz-target']));
  request.resume();
  response.end(await slowly(limitMs));
});
let issuer: TestIssuer;
let secure: TestServer;
let key: object;
let environment: Readonly<Record<string, string>>;
beforeAll(async () => {
  await localCertificate();
  issuer = await startIssuer(['ES256']);
  key = issuer.publicJwk('ES256');
  secure = await startHttps(async (request, response) => {
    requests.push(String(request.url));
    request.resume();
    response.end(await slowly(limitMs));
  });
  await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  environment = { AWS_ENDPOINT_URL_DYNAMODB: url, AWS_ENDPOINT_URL_SECRETS_MANAGER: url, AWS_REGION: 'eu-west-1' };
});
afterAll(async () => {
  plain.closeAllConnections();
  plain.close();
  await secure.close();
  await issuer.close();
});

const UPDATE = {
  UpdateExpression: '',
  ConditionExpression: '',
  ExpressionAttributeNames: {},
  ExpressionAttributeValues: {},
};
const opaqueIssuer = (): IntrospectionIssuer => {
  const { jwksUri: _, algorithms: __, ...rules } = tokenIssuerOf('https://opaque.example.com');
  const endpoint = `${secure.url}/introspect`;
  return { ...rules, introspection: { endpoint, clientId: 'a', clientSecret: 'b', cacheSeconds: 0 } };
};
const secrets = { current: async () => 'secret', previous: async () => undefined };

/** Each kind of call, with the limit that docs/identity.md and docs/limits.md name, and the requests that it may send. */
const CALLS: readonly (readonly [what: string, limitMs: number, requests: number, call: () => Promise<unknown>])[] = [
  ['a read of a table', 2_000, 2, () => awsCall(environment, 'dynamodb')('GetItem', {})],
  ['a write of a used proof', 2_000, 2, () => awsCall(environment, 'dynamodb')('PutItem', {})],
  ['a count of an exact limit', 2_000, 1, () => counterTable(environment, 2_000).update('id', UPDATE)],
  ['a read of a count', 2_000, 2, () => counterTable(environment, 2_000).get('id')],
  ['a read of a secret', 2_000, 2, () => secretsManager(environment).current('keys')],
  ['a read of published keys', 4_000, 2, () => keySetAt(`${secure.url}/jwks`).keysFor({ alg: 'ES256', kid: 'ES256' })],
  [
    'an introspection',
    3_000,
    2,
    () => introspectionProver(opaqueIssuer(), secrets)({ ...claimsOf(''), compact: 'opaque' }),
  ],
];

it.each(CALLS)('%s succeeds when a good response takes longer than half of %d ms', async (_, limit, sent, call) => {
  limitMs = limit;
  requests.length = 0;
  await expect(call()).resolves.toBeDefined();
  expect(requests).toHaveLength(sent);
});
