import type { App } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { crossOrigin } from '../../lambdas/runtime/cors.ts';
import type { ProxyEvent, ProxyResult } from '../../lambdas/runtime/event.ts';
import { loadAssembly } from '../../local/assembly/load.ts';
import type { RestApiModel, StackModel } from '../../local/assembly/model.ts';
import { createGatewayResponses } from '../../local/gateway/gatewayResponse.ts';
import { createIntegration } from '../../local/gateway/integration/integration.ts';
import type { RequestState } from '../../local/gateway/requestState.ts';
import { createRouting } from '../../local/gateway/router.ts';
import { type HttpResponse, rejection } from '../../local/gateway/step.ts';
import { createWebAcl } from '../../local/gateway/waf/webAcl.ts';
import { aRequestState } from '../../local/test/support/gateway.ts';
import { withSmall } from '../synth/support.ts';
import { ORIGIN_ROWS, ORIGINS, type OriginRow } from './rows/origins.ts';

/** The headers of one kind of response, by their names in lower case. */
type Headers = Readonly<Record<string, string | undefined>>;
type Implementation = (row: OriginRow) => Headers | Promise<Headers>;

const [APP] = ORIGINS;
let model: StackModel;
let api: RestApiModel;
beforeAll(() => {
  model = withSmall({ cors: { origins: [...ORIGINS], credentials: true } }, (_, stack) =>
    loadAssembly((stack.node.root as App).synth().directory, { secretValue: () => 'k'.repeat(40) }),
  );
  api = model.apis[0] ?? expect.fail('no API');
});

/** A function with the policy in its environment. */
function functions(environment: Readonly<Record<string, string>>, add = crossOrigin(environment)): Implementation {
  return ({ origin }) => {
    const values = origin === undefined ? null : { origin: [origin].flat() };
    const event: ProxyEvent = { resource: '/', httpMethod: 'GET', requestContext: {}, multiValueHeaders: values };
    return add(event, { statusCode: 200, headers: {}, body: '' }).headers;
  };
}

function stateOf({ origin }: OriginRow, method: string): RequestState {
  const headers: Readonly<Record<string, string>> = origin === undefined ? {} : { Origin: String(origin) };
  return { ...aRequestState({ method, path: '/things', headers }), pathParameters: {} };
}

function preflights(from: RestApiModel): Implementation {
  const [route, integrate] = [
    createRouting(from.body),
    createIntegration(from, { lambda: {} as never, account: model.account }),
  ];
  return async (row) => {
    const state = stateOf(row, 'OPTIONS');
    route(state);
    return headersOf((await integrate(state)) as HttpResponse);
  };
}

function gatewayResponses(from: RestApiModel): Implementation {
  const telemetry = { metric: () => undefined, log: () => undefined };
  const webAcl = createWebAcl(from, { telemetry, source: { name: 'APIGW', id: 'api' }, region: model.region });
  const respond = createGatewayResponses(from, model.account);
  return (row) => {
    const state = stateOf(row, 'GET');
    webAcl(state);
    return headersOf(respond({ state, rejection: rejection('UNAUTHORIZED', 'Unauthorized') }));
  };
}

function headersOf({ headers }: HttpResponse): Headers {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
}

/**
 * Rows on which an implementation does not allow the listed origin, or allows any other value; does not let a page of it send
 * cookies; or lets a cache give the response to a page of another origin.
 */
async function disagreements(implementation: Implementation, otherwise?: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const row of ORIGIN_ROWS) {
    const headers = await implementation(row);
    const isExact = headers['access-control-allow-origin'] === (row.listed ? row.origin : otherwise);
    const hasCookies = !row.listed || headers['access-control-allow-credentials'] === 'true';
    const varies = (headers['vary'] ?? '').split(/, */).includes('Origin');
    if (!isExact || !hasCookies || !varies) found.push(row.name);
  }
  return found;
}

const environment = () =>
  model.functions.find(({ environment: variables }) => 'SECURE_API_CORS' in variables)?.environment ?? {};

describe('every part allows the same origins', () => {
  it('functions', async () => expect(await disagreements(functions(environment()))).toEqual([]));
  it('preflights', async () => expect(await disagreements(preflights(api))).toEqual([]));
  it('gateway responses, which have the first one for other pages', async () =>
    expect(await disagreements(gatewayResponses(api), APP)).toEqual([]));
});

/** The API with another string in its body or its web ACL. */
function changed<Part extends 'body' | 'webAcl'>(part: Part, from: string | RegExp, to: string): RestApiModel {
  const before = JSON.stringify(api[part]);
  const after = before.replaceAll(from instanceof RegExp ? new RegExp(from, 'g') : from, to);
  expect(after).not.toBe(before);
  return { ...api, [part]: JSON.parse(after) };
}

describe('a part that is broken is caught', () => {
  const reflecting = () => (event: ProxyEvent, result: ProxyResult) => {
    const [origin = ''] = event.multiValueHeaders?.['origin'] ?? [];
    const headers = crossOrigin(environment())(event, result).headers;
    return { ...result, headers: { ...headers, 'access-control-allow-origin': origin } };
  };
  const without = (header: string) => (event: ProxyEvent, result: ProxyResult) => {
    const { [header]: _, ...headers } = crossOrigin(environment())(event, result).headers;
    return { ...result, headers };
  };
  const ALL = ORIGIN_ROWS.map(({ name }) => name);

  it('a function that reflects the origin', async () => {
    const found = await disagreements(functions(environment(), reflecting()));
    expect(found).toHaveLength(ORIGIN_ROWS.length - ORIGINS.length);
  });

  it('a function with another list', async () => {
    const policy = { origins: [APP, 'https://evil.example'], credentials: true, exposeHeaders: [] };
    expect(await disagreements(functions({ SECURE_API_CORS: JSON.stringify(policy) }))).toEqual([
      'listed origin 2',
      'another site',
    ]);
  });

  it('a function whose responses do not vary by origin, or that keeps cookies from listed pages', async () => {
    expect(await disagreements(functions(environment(), without('vary')))).toEqual(ALL);
    const found = await disagreements(functions(environment(), without('access-control-allow-credentials')));
    expect(found).toEqual(ORIGIN_ROWS.filter(({ listed }) => listed).map(({ name }) => name));
  });

  it('preflights and gateway responses that do not vary by origin', async () => {
    const vary = /"(?:method\.response|gatewayresponse)\.header\.Vary":"'[^']*'"/;
    const broken = changed('body', vary, '"x":"y"');
    expect(await disagreements(preflights(broken))).toEqual(ALL);
    expect(await disagreements(gatewayResponses(broken), APP)).toEqual(ALL);
  });

  it('a preflight that compares the start of the origin', async () => {
    const template = changed('body', /\$headers\.get\(\\\\?"(\w+)\\\\?"\) == /, '$headers.get(\\"$1\\").startsWith(');
    const closed = { ...template, body: JSON.parse(closeCalls(JSON.stringify(template.body))) };
    expect(await disagreements(preflights(closed))).toContain('a listed origin as a prefix');
  });

  it('a preflight that reflects the origin', async () => {
    const template = changed('body', /Allow-Origin = \\"[^"]*\\"/, 'Allow-Origin = $headers.get(\\"Origin\\")');
    const always = {
      ...template,
      body: JSON.parse(JSON.stringify(template.body).replaceAll(/ == \\"https:[^"]*\\"/g, '')),
    };
    expect(await disagreements(preflights(always))).toContain('another site');
  });

  it('gateway responses that reflect the origin', async () => {
    const reflects = changed('body', 'method.request.header.x-amzn-waf-allowed-origin', 'method.request.header.origin');
    expect(await disagreements(gatewayResponses(reflects), APP)).toContain('another site');
  });

  it('a web ACL that compares the start of the origin', async () => {
    const found = await disagreements(gatewayResponses(changed('webAcl', '"EXACTLY"', '"STARTS_WITH"')), APP);
    expect(found).toEqual(['one digit more in the port']);
  });

  it('a web ACL without its rules', async () => {
    const without = { ...api, webAcl: { ...(api.webAcl ?? expect.fail('no web ACL')), rules: [] } };
    expect(await disagreements(gatewayResponses(without), APP)).toContain('listed origin 2');
  });
});

/** `x.startsWith("a" ||` → `x.startsWith("a") ||`. */
function closeCalls(text: string): string {
  return text.replaceAll(/(startsWith\(\\"[^"]*\\")/g, '$1)');
}
