import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientOf } from '../../../test/support/client.ts';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { functionOf, invocationOf, routesAssembly } from '../support/routes.ts';

const PATHS = ['/a', '/b', '/c'];
const READS = `exports.handler = async () => ({ statusCode: 200, body: process.env.TEXT });`;

/** A stack at random: which routes it has, what they respond, who is allowed to call them, and what the API is called. */
const variants = fc.record({
  routes: fc.dictionary(
    fc.constantFrom(...PATHS),
    fc.record({ version: fc.nat(2), text: fc.constantFrom('one', 'two'), isOpen: fc.boolean() }),
    { minKeys: 1 },
  ),
  effect: fc.constantFrom('Allow', 'Deny'),
  name: fc.constantFrom('shop', 'store'),
  stage: fc.constantFrom('live', 'next'),
  isStrict: fc.boolean(),
});

type Variant = typeof variants extends fc.Arbitrary<infer T> ? T : never;

function assemblyOf({ routes, effect, name, stage, isStrict }: Variant): string {
  const authorizer = {
    type: 'request',
    authorizerUri: invocationOf('Authorizer'),
    identitySource: 'method.request.header.Authorization',
  };
  const callers = { type: 'apiKey', in: 'header', name: 'Authorization', 'x-amazon-apigateway-authorizer': authorizer };
  const decision = { Action: 'execute-api:Invoke', Effect: effect, Resource: '*' };
  const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [decision] });
  const decides = `exports.handler = async () => ({ principalId: 'ada', policyDocument: ${policyDocument} });`;
  return routesAssembly({
    routes: Object.fromEntries(
      Object.entries(routes).map(([path, { version, text, isOpen }]) => [
        path,
        {
          code: `${READS}// ${version}`,
          environment: { TEXT: `${text} ${version}` },
          operation: isOpen ? {} : { security: [{ callers: [] }] },
        },
      ]),
    ),
    body: { components: { securitySchemes: { callers } } },
    api: { Name: name, ...(isStrict && { SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09' }) },
    stage: { StageName: stage },
    resources: { Authorizer: functionOf(decides) },
  });
}

/** What clients see of a gateway: each path with and without a token, by each version of TLS. */
async function behaviourOf(gateway: LocalGateway): Promise<unknown> {
  const { apis } = gateway.ready;
  const responses: string[] = [];
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const call = clientOf(gateway.ready, { maxVersion });
    for (const path of PATHS) {
      for (const token of [undefined, 'token']) {
        const response = await call('GET', path, token === undefined ? {} : { token }).catch(() => undefined);
        responses.push(`${maxVersion} ${path} ${token} ${response?.status} ${response?.text}`);
      }
    }
  }
  return { responses, notEmulated: gateway.notEmulated, apis: apis.map(({ url: _, ...rest }) => rest) };
}

let gateway: LocalGateway;
beforeAll(async () => {
  const [first] = fc.sample(variants, { numRuns: 1, seed: 1 });
  if (first === undefined) throw new Error('no sample');
  gateway = await serve({ assembly: assemblyOf(first), data: temporaryFolder(), port: 0 });
});
afterAll(() => gateway?.close());

it('after any updates, a gateway behaves like one that was started with the last assembly', async () => {
  const sequence = fc.asyncProperty(fc.array(variants, { minLength: 1, maxLength: 4 }), async (all) => {
    for (const [i, variant] of all.entries()) {
      const updated = gateway.update({ assembly: assemblyOf(variant) });
      // Some at the same time, and others with functions in use.
      if (i % 2 === 0) await updated;
      if (i % 2 === 0) await clientOf(gateway.ready)('GET', '/a', { token: 'token' });
    }
    const last = assemblyOf(all.at(-1) ?? expect.fail('no variant'));
    await gateway.update({ assembly: last });
    const fresh = await serve({ assembly: last, data: temporaryFolder(), port: 0 });
    try {
      expect(await behaviourOf(gateway)).toEqual(await behaviourOf(fresh));
    } finally {
      await fresh.close();
    }
  });
  await fc.assert(sequence, { numRuns: 3, seed: 20_261_129, endOnFailure: true });
});
