import type { App } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { problem } from '../../lambdas/runtime/problem.ts';
import { problemResponse } from '../../lambdas/runtime/problemResponse.ts';
import { securityHeaders as functionHeaders } from '../../lambdas/runtime/securityHeaders.ts';
import { NOT_CACHED, securityHeaders } from '../../lambdas/shared/httpHeaders.ts';
import { blockHeaders } from '../../lib/construct/edge/blockHeaders.ts';
import { GATEWAY_REJECTIONS } from '../../lib/openapi/gatewayRejections.ts';
import { loadAssembly } from '../../local/assembly/load.ts';
import type { RestApiModel, StackModel } from '../../local/assembly/model.ts';
import { createIntegration } from '../../local/gateway/integration/integration.ts';
import { createRouting } from '../../local/gateway/router.ts';
import type { HttpResponse } from '../../local/gateway/step.ts';
import { aRequestState } from '../../local/test/support/gateway.ts';
import { withSmall } from '../synth/support.ts';

type Headers = Readonly<Record<string, string | undefined>>;
/** The headers of each response of a layer, by the name of the response. */
type Layer = (api: RestApiModel) => Promise<Readonly<Record<string, Headers>>> | Readonly<Record<string, Headers>>;

let model: StackModel;
let api: RestApiModel;
beforeAll(() => {
  const domain = { name: 'api.example.com', dns: 'external' } as const;
  const props = { domain, hstsPreload: true, cors: { origins: ['https://app.example.com'] } };
  model = withSmall(props, (_, stack) =>
    loadAssembly((stack.node.root as App).synth().directory, { secretValue: () => 'k'.repeat(40) }),
  );
  api = model.apis[0] ?? expect.fail('no API');
});

const lowerCase = (headers: readonly (readonly [string, string])[]): Headers =>
  Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));

const functions: Layer = () =>
  Object.fromEntries(
    model.functions
      .filter(({ environment }) => 'SECURE_API_RESPONSES' in environment)
      .map(({ name, environment }) => [name, functionHeaders(environment)]),
  );

/** Of all types: some do not occur on one machine. The others go over TLS in `test/local/cors.test.ts`. */
const gatewayResponses: Layer = ({ body }) => {
  const responses = body['x-amazon-apigateway-gateway-responses'] as Readonly<Record<string, GatewayResponse>>;
  return Object.fromEntries(
    Object.entries(responses).map(([type, { responseParameters }]) => [
      type,
      lowerCase(
        Object.entries(responseParameters).map(([name, value]) => [
          name.replace('gatewayresponse.header.', ''),
          value.slice(1, -1),
        ]),
      ),
    ]),
  );
};
interface GatewayResponse {
  readonly responseParameters: Readonly<Record<string, string>>;
}

const mocks: Layer = async (from) => {
  const route = createRouting(from.body);
  const integrate = createIntegration(from, { lambda: {} as never, account: model.account });
  const response = async (method: string, path: string) => {
    const state = { ...aRequestState({ method, path, headers: {} }), pathParameters: {} };
    route(state);
    return lowerCase(((await integrate(state)) as HttpResponse).headers);
  };
  return {
    preflight: await response('OPTIONS', '/things'),
    metadata: await response('GET', '/.well-known/oauth-protected-resource'),
  };
};

/** What a response lacks, or has otherwise. */
async function differences(layer: Layer, from = api): Promise<readonly string[]> {
  const wanted = Object.entries({ ...securityHeaders({ hstsPreload: true }), ...NOT_CACHED });
  const responses = Object.entries(await layer(from));
  expect(responses).not.toEqual([]);
  return responses.flatMap(([response, headers]) =>
    wanted
      .filter(([name, value]) => headers[name.toLowerCase()] !== value)
      // The metadata of the API are the same for all, and may be cached.
      .filter(([name]) => !(response === 'metadata' && name === 'Cache-Control'))
      .map(([name]) => `${response}: ${name}`),
  );
}

describe('every layer sends every header of the list', () => {
  it('functions', async () => expect(await differences(functions)).toEqual([]));
  it('gateway responses', async () => expect(await differences(gatewayResponses)).toEqual([]));
  it('preflights and the metadata of the resource', async () => expect(await differences(mocks)).toEqual([]));

  it('problems of a function', () => {
    const { headers } = problemResponse(problem('not-found'), 'r1');
    const wanted = lowerCase(Object.entries({ ...securityHeaders(), ...NOT_CACHED }));
    expect(headers).toMatchObject(wanted);
  });

  it('says nothing about the software', async () => {
    const all = [...Object.values(await gatewayResponses(api)), ...Object.values(await mocks(api)), functionHeaders()];
    const named = all.flatMap((headers) => Object.keys(headers));
    expect(named.filter((name) => /^(server|via|x-powered-by|x-aspnet.*|x-runtime)$/.test(name))).toEqual([]);
  });
});

describe('a layer that is broken is caught', () => {
  const without = (name: string) => {
    const before = JSON.stringify(api.body);
    const after = before.replaceAll(`response.header.${name}"`, `response.header.X-Other"`);
    expect(after).not.toBe(before);
    return { ...api, body: JSON.parse(after) } as RestApiModel;
  };
  it.each([...Object.keys(securityHeaders()), 'Cache-Control'])('%s', async (name) => {
    const broken = without(name);
    const types = GATEWAY_REJECTIONS.map(({ type }) => `${type}: ${name}`);
    expect((await differences(gatewayResponses, broken)).toSorted()).toEqual(types.toSorted());
    expect(await differences(mocks, broken)).toContain(`preflight: ${name}`);
  });

  it('functions that do not know of preloading', async () => {
    expect(await differences(() => ({ one: functionHeaders({}) }))).toEqual(['one: Strict-Transport-Security']);
  });
});

describe('the web ACL', () => {
  const names = (...args: Parameters<typeof blockHeaders>) => blockHeaders(...args).map(({ name }) => name);
  const cors = { origins: ['https://app.example.com'], credentials: true, exposeHeaders: [] };

  it('sends the whole list', () => {
    expect(blockHeaders({ hstsPreload: true }, 8)).toEqual(
      Object.entries({ ...NOT_CACHED, ...securityHeaders({ hstsPreload: true }) }).map(([name, value]) => ({
        name,
        value,
      })),
    );
  });

  it('sends at most ten headers a response and a hundred in all, the important ones first', () => {
    const most = names({ cors, hstsPreload: false }, 1);
    expect(most).toHaveLength(9);
    expect(most).toContain('Content-Security-Policy');
    expect(names({ hstsPreload: false }, 20)).toEqual([
      'Cache-Control',
      'Strict-Transport-Security',
      'X-Content-Type-Options',
      'Content-Security-Policy',
    ]);
  });

  it('has them in each of its responses', () => {
    const blocked = JSON.stringify(api.webAcl).match(/"customResponse":\{.*?\]/gi) ?? [];
    expect(blocked.length).toBeGreaterThan(1);
    for (const response of blocked) expect(response).toContain('max-age=63072000; includeSubDomains; preload');
  });
});
