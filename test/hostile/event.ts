import type { ProxyEvent } from '../../lambdas/runtime/event.ts';
import type { Api, Route } from '../../lib/definition/index.ts';
import type { Sent } from './case.ts';

/** The proxy event that a REST API makes of a request; undefined if no route has its method and path. */
export function eventOf(api: Api, { method, target, headers = {}, body = '' }: Sent): ProxyEvent | undefined {
  const [path = '', ...rest] = target.split('?');
  const found = Object.values(api.routes).flatMap((route) => {
    const parameters = route.method === method ? matched(route, path) : undefined;
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  const [match] = found;
  if (match === undefined) return undefined;
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  return {
    resource: match.route.path,
    path,
    httpMethod: method,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()])),
    multiValueQueryStringParameters: queryOf(rest.join('?')),
    pathParameters: match.parameters,
    body: text === '' ? null : text,
    isBase64Encoded: false,
    requestContext: { requestId: 'hostile-1', authorizer: CALLER },
  };
}

/** The authorizer's context for a caller with every permission, valid while the tests run. */
const CALLER = {
  subject: 'mallory',
  issuer: 'https://login.example.com',
  roles: 'user',
  tier: 'wide',
  client: 'test',
  expires: '9999999999',
};

function matched({ path: template }: Route, path: string): Record<string, string> | undefined {
  const [wanted, given] = [template.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const pairs = wanted.map((step, i) => [step, given[i] ?? ''] as const);
  if (!pairs.every(([step, value]) => (step.startsWith('{') ? value !== '' : step === value))) return undefined;
  return Object.fromEntries(
    pairs.filter(([step]) => step.startsWith('{')).map(([step, value]) => [step.slice(1, -1), value]),
  );
}

function queryOf(query: string): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}
