import draft4 from 'ajv-draft-04';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler, ProxyEvent } from '../../lambdas/runtime/event.ts';
import type { Route } from '../../lib/definition/index.ts';
import { gatewayOpenApi } from '../../lib/openapi/index.ts';
import { ID } from '../hostile/case.ts';
import { eventOf } from '../hostile/event.ts';
import { api, servedTarget } from '../hostile/support.ts';
import { CALLS } from '../hostile/table.ts';
import { validRequests } from './valid.ts';

/** Requests of each run: sending one is cheap, a run is not. */
const REQUESTS = 50;
const routes = Object.values(api.routes);
const bindings = {
  authorizerUri: 'arn:authorizer',
  authorizerCredentials: 'arn:role',
  authorizerTtlSeconds: 60,
  integrationUri: () => 'arn:function',
  integrationCredentials: 'arn:role',
};

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: { readonly $default: { readonly schema: object } } };
}

let served: LambdaHandler;
beforeAll(async () => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
  served = await servedTarget();
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** What the gateway checks of a request: parameters that must be there, and the model of the body. */
function gatewayJudge(): (route: Route, event: ProxyEvent) => boolean {
  const document = JSON.parse(
    JSON.stringify(gatewayOpenApi(api, bindings)).replaceAll('#/components/', 'api#/components/'),
  ) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: object;
  };
  const ajv = new draft4.default({ strict: false, logger: false });
  ajv.addSchema({ id: 'api', components: document.components });
  return ({ path, method }, event) => {
    const { parameters = [], requestBody } = document.paths[path]?.[method.toLowerCase()] ?? {};
    const locations = {
      path: event.pathParameters,
      query: event.multiValueQueryStringParameters,
      header: event.multiValueHeaders,
    };
    const given = ({ name, in: location }: { name: string; in: string }) =>
      [locations[location as keyof typeof locations]?.[name] ?? []].flat().some((value) => value !== '');
    if (!parameters.every(given)) return false;
    const schema = requestBody?.content.$default.schema;
    return schema === undefined || ajv.compile(schema)(JSON.parse(event.body ?? 'null')) === true;
  };
}

/** Takes ten seconds on an idle machine; allow for a busy one. */
const LONG = { timeout: 400_000 };

describe('generated requests', () => {
  it('that are valid pass the gateway and the Lambda: 20,000 requests', LONG, async () => {
    const gateway = gatewayJudge();
    let sent = 0;
    const batch = fc
      .constantFrom(...routes)
      .chain((route) =>
        fc
          .array(validRequests(route), { minLength: REQUESTS, maxLength: REQUESTS })
          .map((requests) => ({ route, requests })),
      );
    await fc.assert(
      fc.asyncProperty(batch, async ({ route, requests }) => {
        for (const request of requests) {
          const event = eventOf(api, request);
          if (event === undefined) return expect.fail(`no route for ${request.target}`);
          const { statusCode, body } = await served(event, {});
          expect([statusCode, body]).toEqual([route.responses[0]?.status, body]);
          expect(gateway(route, event)).toBe(true);
          sent += 1;
        }
      }),
      { numRuns: 20_000 / REQUESTS },
    );
    expect(sent).toBeGreaterThanOrEqual(20_000);
  });

  it('of any kind get a readable response and no 5xx: 100,000 requests', LONG, async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(events, { minLength: REQUESTS, maxLength: REQUESTS }), async (batch) => {
        for (const event of batch) {
          const { statusCode, headers, body } = await served(event, {});
          if (statusCode >= 500) expect.fail(`${statusCode} ${body}`);
          if (body !== '') expect(typeof JSON.parse(body)).toBe('object');
          expect(Object.values(headers).every((value) => /^[\x20-\x7e]*$/.test(value))).toBe(true);
          statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
        }
      }),
      { numRuns: 100_000 / REQUESTS },
    );
    expect([...statuses.values()].reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(100_000);
    // They reach each of the checks, and pass them.
    for (const status of [200, 204, 400, 401, 403, 404, 406, 413, 414, 415, 431])
      expect([...statuses.keys()]).toContain(status);
  });
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', 'a', '1', '1e3', 'true', '%00', '%zz', '\ufffd', ID, 'x'.repeat(2_000)),
);
const name = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'limit',
      'ratio',
      'flag',
      'kind',
      'q',
      'tag',
      'x-mode',
      'X-Count',
      '__proto__',
      'constructor',
    ),
  },
  { weight: 1, arbitrary: text },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary }, { weight: 1, arbitrary: fc.constantFrom(null, undefined) });
const many = fc.dictionary(name, fc.array(text, { maxLength: 3 }), { maxKeys: 4 });
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      ['application/json'],
      ['application/json'],
      ['text/plain'],
      ['application/json', 'a/b'],
      [],
    ),
    accept: fc.constantFrom(['*/*'], ['application/json'], ['text/html'], ['*/*;q=0']),
    cookie: fc.constantFrom(['sid=abcd'], ['sid'], ['=;;="'], ['']),
    'x-mode': fc.constantFrom(['fast'], ['a', 'b'], ['\u0000'], ['x'.repeat(9_000)]),
    'content-encoding': fc.constantFrom(['identity'], ['gzip']),
    'x-http-method-override': fc.constant(['DELETE']),
  },
  { requiredKeys: [] },
);
const cases = Object.values(CALLS).flat();
const bodies = fc.oneof(
  fc.constant('x'.repeat(5_000)),
  fc.constantFrom(
    ...cases.map(([, { body }]) => (typeof body === 'object' ? Buffer.from(body).toString('utf8') : (body ?? ''))),
  ),
  fc.json(),
  fc
    .record(
      { title: fc.string({ maxLength: 5 }), note: fc.string({ unit: 'grapheme', maxLength: 9 }) },
      { requiredKeys: ['title'] },
    )
    .map((value) => JSON.stringify(value)),
  fc.tuple(fc.json(), fc.nat({ max: 40 })).map(([json, end]) => json.slice(0, end)),
  text,
);
const GOOD = {
  subject: 'mallory',
  issuer: 'https://i',
  roles: 'user',
  tier: 'wide',
  client: 'test',
  expires: '9999999999',
};
const plain = fc.constantFrom({ 'content-type': ['application/json'] }, { 'content-type': ['text/plain'] });
const caller = fc.record({
  subject: fc.constantFrom<unknown>('mallory', 'mallory', '', 7, null),
  issuer: fc.constantFrom<unknown>('https://i', 'https://i', '', 7),
  roles: fc.constantFrom<unknown>('user', 'user', 'user', '', 'user user', '__proto__ constructor', null, ['user']),
  tier: fc.constantFrom<unknown>('wide', undefined),
  client: fc.constantFrom<unknown>('test', {}),
  expires: fc.constantFrom<unknown>('9999999999', '9999999999', '0', '', 'NaN', '1e400', 9e9),
});

/** What a gateway could send to a function, and some of what it never would. */
const events: fc.Arbitrary<ProxyEvent> = fc.constantFrom(...routes).chain(
  (route) =>
    fc.record({
      resource: fc.oneof({ weight: 30, arbitrary: fc.constant(route.path) }, { weight: 1, arbitrary: text }),
      path: fc.oneof({ weight: 5, arbitrary: fc.constant('/items') }, { weight: 1, arbitrary: text }),
      httpMethod: fc.oneof({ weight: 30, arbitrary: fc.constant(route.method) }, { weight: 1, arbitrary: text }),
      headers: fc.constant(null),
      multiValueHeaders: maybe(fc.oneof(plain, headers, many)),
      queryStringParameters: maybe(fc.dictionary(name, text, { maxKeys: 2 })),
      multiValueQueryStringParameters: maybe(many),
      pathParameters: maybe(fc.record({ id: fc.oneof(fc.constant(ID), text), name: text }, { requiredKeys: [] })),
      body: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: bodies }),
      isBase64Encoded: fc.oneof(
        { weight: 5, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      requestContext: fc.record({
        requestId: fc.constantFrom('r-1', undefined),
        authorizer: fc.oneof(
          { weight: 6, arbitrary: fc.constant(GOOD) },
          { weight: 3, arbitrary: caller },
          { weight: 1, arbitrary: fc.constantFrom(null, undefined) },
        ),
      }),
    }) as fc.Arbitrary<ProxyEvent>,
);
