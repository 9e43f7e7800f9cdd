/** A stack of plain CDK constructs, which this project did not build, served as API Gateway would serve it. */

import { readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { join } from 'node:path';
import { connect } from 'node:tls';
import {
  aws_apigateway as apigateway,
  Duration,
  aws_lambda as lambda,
  aws_logs as logs,
  type Stack,
} from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf } from '../../../test/support/client.ts';
import { folderOf, temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { synthesizeStack } from '../support/assembly.ts';

const SOURCE = `
const results = {
  '/ok': (event) => ({
    statusCode: 201,
    headers: { 'X-One': 'a' },
    multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
    body: JSON.stringify(event),
  }),
  '/bytes': () => ({ statusCode: 200, headers: { 'Content-Type': 'image/png' }, body: 'iVBORw==', isBase64Encoded: true }),
  '/renamed': () => ({ statusCode: 401, headers: { 'WWW-Authenticate': 'Bearer', Date: 'never' }, body: '{}' }),
  '/throws': () => { throw new Error('card 4111111111111111'); },
  '/hangs': () => new Promise(() => {}),
  '/loops': () => { for (;;); },
  '/exits': () => process.exit(3),
  '/number': () => 42,
  '/nothing': () => undefined,
  '/no-status': () => ({ body: '{}' }),
  '/body-object': () => ({ statusCode: 200, body: { a: 1 } }),
  '/split': () => ({ statusCode: 200, headers: { 'X-Bad': 'a\\r\\nX-Evil: 1' }, body: '' }),
};
export const handler = async (event) => (results[event.resource] ?? results['/ok'])(event);
`;
const ODD = ['throws', 'hangs', 'loops', 'exits', 'number', 'nothing', 'no-status', 'body-object', 'split'];

function build(stack: Stack): void {
  const handler = new lambda.Function(stack, 'Handler', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(folderOf({ 'index.mjs': SOURCE })),
    timeout: Duration.seconds(1),
  });
  const accessLog = new logs.LogGroup(stack, 'AccessLog', { logGroupName: 'access' });
  const api = new apigateway.RestApi(stack, 'Api', {
    cloudWatchRole: false,
    binaryMediaTypes: ['image/*'],
    defaultIntegration: new apigateway.LambdaIntegration(handler),
    deployOptions: {
      accessLogDestination: new apigateway.LogGroupLogDestination(accessLog),
      accessLogFormat: apigateway.AccessLogFormat.custom(
        '{"id":"$context.requestId","status":"$context.status","type":"$context.error.responseType","agent":"$context.identity.userAgent","error":"$context.integration.error","tls":"$context.tlsVersion","key":"$context.identity.apiKey","unknown":"$context.nothing.such"}',
      ),
    },
  });
  for (const name of ['ok', 'bytes', 'renamed', ...ODD]) api.root.addResource(name).addMethod('GET');
  const things = api.root.addResource('things');
  things.addMethod('POST', undefined, {
    requestModels: { 'application/json': model(api) },
    requestValidator: api.addRequestValidator('Validator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    }),
    requestParameters: { 'method.request.querystring.q': true },
  });
  things.addCorsPreflight({ allowOrigins: ['https://app.example.com'], allowMethods: ['POST'] });
  things.addResource('{id}').addMethod('ANY');
  api.root.addResource('files').addResource('{path+}').addMethod('GET');
  metered(api, 'slow', { throttle: { rateLimit: 1, burstLimit: 1 } });
  metered(api, 'few', { quota: { limit: 1, period: apigateway.Period.DAY } });
}

function model(api: apigateway.RestApi): apigateway.Model {
  return api.addModel('Thing', {
    schema: {
      type: apigateway.JsonSchemaType.OBJECT,
      required: ['name'],
      properties: { name: { type: apigateway.JsonSchemaType.STRING, maxLength: 3 } },
    },
  });
}

/** A method with a key in a separate plan. */
function metered(api: apigateway.RestApi, name: string, limits: apigateway.UsagePlanProps): void {
  api.root.addResource(name).addMethod('GET', undefined, { apiKeyRequired: true });
  const key = api.addApiKey(`${name}Key`, { value: `${name}-key-of-20-characters` });
  const plan = api.addUsagePlan(`${name}Plan`, { ...limits, apiStages: [{ stage: api.deploymentStage }] });
  plan.addApiKey(key);
}

const data = temporaryFolder();
let gateway: LocalGateway;
let call: Client;

beforeAll(async () => {
  const assembly = synthesizeStack(build);
  gateway = await serve({ assembly, data, port: 0 });
  call = clientOf(gateway.ready);
});
afterAll(() => gateway?.close());

describe('a proxy integration', () => {
  it('gets the event that API Gateway documents', async () => {
    const headers = { 'X-Two': ['1', '2'], 'user-agent': 'test', 'x-forwarded-for': '192.0.2.9' };
    const response = await call('GET', '/ok?a=1&a=2&b=x%20y', { headers });
    const event = response.json<Record<string, never>>();
    expect(event).toMatchObject({
      resource: '/ok',
      path: '/ok',
      httpMethod: 'GET',
      queryStringParameters: { a: '2', b: 'x y' },
      multiValueQueryStringParameters: { a: ['1', '2'], b: ['x y'] },
      pathParameters: null,
      stageVariables: null,
      body: null,
      isBase64Encoded: false,
      requestContext: { stage: 'prod', protocol: 'HTTP/1.1', identity: { sourceIp: '127.0.0.1', userAgent: 'test' } },
    });
    expect(event['multiValueHeaders']).toMatchObject({
      'X-Two': ['1', '2'],
      'X-Forwarded-Proto': ['https'],
      'X-Forwarded-For': ['192.0.2.9, 127.0.0.1'],
    });
  });

  it('gets path parameters as they were sent, still encoded', async () => {
    const one = await call('GET', '/things/a%2Fb%20c');
    const rest = await call('GET', '/files/x/y%2Fz');
    expect(one.json()['pathParameters']).toEqual({ id: 'a%2Fb%20c' });
    expect(rest.json()['pathParameters']).toEqual({ path: 'x/y%2Fz' });
  });

  it('gets bodies as text, and in base64 for binary media types alone', async () => {
    const send = async (type: string) =>
      (await call('POST', '/things/1', { body: Buffer.from('hé'), headers: { 'content-type': type } })).json();
    expect(await send('text/plain')).toMatchObject({ body: 'hé', isBase64Encoded: false });
    expect(await send('image/png')).toMatchObject({ body: 'aMOp', isBase64Encoded: true });
  });

  it('responds with its status, repeated headers and bytes', async () => {
    const response = await call('GET', '/ok');
    expect([response.status, response.headers['x-one'], response.headers['set-cookie']]).toEqual([
      201,
      'a',
      ['a=1', 'b=2'],
    ]);
    expect(response.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['image/png', '4'],
    ['image/png;q=0.8, */*', '4'],
    ['*/*', '8'],
    ['text/html, image/png', '8'],
    [undefined, '8'],
  ])('sends bytes only where the first accepted type is binary: %s', async (accept, length) => {
    const bytes = await call('GET', '/bytes', accept === undefined ? {} : { headers: { accept } });
    expect([bytes.headers['content-type'], bytes.headers['content-length']]).toEqual(['image/png', length]);
  });

  it('cannot set the headers that are the gateway’s own: they are renamed', async () => {
    const { headers } = await call('GET', '/renamed');
    expect(headers).toMatchObject({ 'x-amzn-remapped-www-authenticate': 'Bearer', 'x-amzn-remapped-date': 'never' });
    expect(headers['www-authenticate']).toBeUndefined();
  });

  it.each(ODD)('that %s gets 502 without a word about the cause, and the next request is served', async (name) => {
    const response = await call('GET', `/${name}`);
    expect([response.status, response.json()]).toEqual([502, { message: 'Internal server error' }]);
    expect((await call('GET', '/ok')).status).toBe(201);
  });
});

describe('the responses that were measured on AWS', () => {
  const json = { 'content-type': 'application/json' };
  const key = (name: string) => ({ headers: { 'x-api-key': `${name}-key-of-20-characters` } });

  it.each([
    ['an unknown path', 'GET', '/nowhere', {}, 403, 'Missing Authentication Token'],
    ['an unknown method', 'DELETE', '/ok', {}, 403, 'Missing Authentication Token'],
    ['no key', 'GET', '/slow', {}, 403, 'Forbidden'],
    ['an unknown key', 'GET', '/slow', key('other'), 403, 'Forbidden'],
    [
      'a body that fails the model',
      'POST',
      '/things?q=1',
      { body: '{"name":"long"}', headers: json },
      400,
      'Invalid request body',
    ],
    [
      'a missing parameter',
      'POST',
      '/things',
      { body: '{"name":"a"}', headers: json },
      400,
      'Missing required request parameters: [q]',
    ],
  ])('to %s', async (_, method, path, sent, status, message) => {
    const response = await call(method, path, sent);
    expect([response.status, response.json()]).toEqual([status, { message }]);
  });

  it('to an empty bucket and a spent quota', async () => {
    const twice = async (name: string) => {
      const first = await call('GET', `/${name}`, key(name));
      const second = await call('GET', `/${name}`, key(name));
      return [first.status, second.status, second.json()['message']];
    };
    expect(await twice('slow')).toEqual([201, 429, 'Too Many Requests']);
    expect(await twice('few')).toEqual([201, 429, 'Limit Exceeded']);
  });

  it('to a preflight: the mock’s headers and no body', async () => {
    const response = await call('OPTIONS', '/things', { headers: { origin: 'https://app.example.com' } });
    expect([response.status, response.text]).toEqual([204, '']);
    expect(response.headers['access-control-allow-origin']).toBe('https://app.example.com');
  });

  it('to a body above 10 MB, whether announced or not', async () => {
    const body = Buffer.alloc(11 * 1024 * 1024);
    for (let i = 0; i < 5; i += 1) expect((await call('POST', '/things/1', { body })).status).toBe(413);
    const chunked = { 'transfer-encoding': 'chunked', 'content-length': [] };
    for (let i = 0; i < 5; i += 1) {
      expect((await call('POST', '/things/1', { body, headers: chunked })).status).toBe(413);
    }
    const headers = { 'content-length': String(11 * 1024 * 1024), expect: '100-continue' };
    expect((await call('POST', '/things/1', { body: '', headers })).status).toBe(413);
  });
});

describe('the listener', () => {
  it('responds to headers that are too large with 431, and what is not HTTP with 400', async () => {
    expect((await call('GET', '/ok', { headers: { 'x-large': 'a'.repeat(11_000) } })).status).toBe(431);
    const port = Number(new URL(gateway.ready.url).port);
    const text = await new Promise<string>((done) => {
      let received = '';
      const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: readFileSync(gateway.ready.ca) });
      socket.on('secureConnect', () => socket.write('NOT HTTP AT ALL\r\n\r\n'));
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('close', () => done(received));
    });
    expect(text).toMatch(/^HTTP\/1.1 400 .*application\/problem\+json/s);
  });

  it('gives plain HTTP no response', async () => {
    const port = new URL(gateway.ready.url).port;
    const outcome = await new Promise((done) => {
      plainRequest(`http://127.0.0.1:${port}/ok`, (response) => done(response.statusCode))
        .on('error', () => done('none'))
        .end();
    });
    expect(outcome).toBe('none');
  });
});

describe('the access log', () => {
  it('has a line for each request, in the format of the stage, whatever the client sends', async () => {
    const agent = 'a"},{"status":"999';
    await call('GET', '/nowhere', { headers: { 'user-agent': agent } });
    const path = join(data, 'logs', 'access.log');
    const read = () => readFileSync(path, 'utf8').trim().split('\n').map(parseLine);
    await expect.poll(() => read().some((line) => line['agent'] === agent)).toBe(true);
    const lines = read();
    expect(lines.find((line) => line['agent'] === agent)).toEqual({
      id: expect.any(String),
      status: '403',
      type: 'MISSING_AUTHENTICATION_TOKEN',
      agent,
      error: '-',
      tls: expect.stringMatching(/^TLSv1\.[23]$/),
      key: '-',
      unknown: '-',
    });
    const strings = JSON.stringify(lines);
    expect(strings).toContain('Lambda error: Error');
    expect(strings).not.toContain('4111111111111111');
    expect(strings).not.toContain('key-of-20');
  });
});

function parseLine(line: string): Readonly<Record<string, string>> {
  return JSON.parse(line.slice(line.indexOf('{')));
}

it('what is not emulated is listed', () => {
  expect(gateway.notEmulated.join('\n')).toMatch(/TLS 1.0/);
});
