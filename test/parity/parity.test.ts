/** One table of requests through every projection of the definition: all agree. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessPolicy } from '../../lib/access/index.ts';
import { api, gatewayBody, publicDocument } from './changes.ts';
import { type Identity, startIdentity } from './identity.ts';
import { disagreements } from './implementation.ts';
import { decisionImplementation } from './implementations/decision.ts';
import { gatewayModelsImplementation } from './implementations/gatewayModels.ts';
import { lambdaImplementation } from './implementations/lambda.ts';
import { cachedPolicyImplementation, policyImplementation } from './implementations/policy.ts';
import { publicDocumentImplementation } from './implementations/publicDocument.ts';
import { TABLE } from './table.ts';

let identity: Identity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity?.close());

describe('the table', () => {
  it('has at least 600 requests, each with a unique name', () => {
    expect(TABLE.length).toBeGreaterThanOrEqual(600);
    expect(new Set(TABLE.map(({ name }) => name)).size).toBe(TABLE.length);
  });

  it('has many rows for each expectation', () => {
    const count = (values: readonly string[]) => Object.entries(Object.groupBy(values, (value) => value));
    const access = count(TABLE.map((row) => row.access));
    const input = count(TABLE.filter((row) => row.access === 'allow').map((row) => row.input));
    expect(
      access
        .filter(([, rows]) => (rows?.length ?? 0) >= 20)
        .map(([value]) => value)
        .sort(),
    ).toEqual(['allow', 'forbidden', 'no-route', 'unauthenticated']);
    expect(input.filter(([, rows]) => (rows?.length ?? 0) >= 50)).toHaveLength(3);
  });

  it('excuses the public document only from what is rejected beyond schemas', () => {
    expect(TABLE.filter((row) => row.beyondSchemas && row.input === 'valid')).toEqual([]);
  });
});

describe('every row is evaluated as the table says', () => {
  const gateway = gatewayBody(api);
  const policy = () => ({ gateway, authorizer: identity.authorizer(accessPolicy(api)), token: identity.token });

  it('by the access decision', async () => {
    expect(await disagreements(TABLE, [decisionImplementation(api)])).toEqual([]);
  });

  it("by the authorizer's policy for the request", async () => {
    expect(await disagreements(TABLE, [policyImplementation(policy())])).toEqual([]);
  });

  it("by every cached policy of the caller's token", async () => {
    expect(await disagreements(TABLE, [cachedPolicyImplementation(policy(), TABLE)])).toEqual([]);
  });

  it("by the gateway's OpenAPI validation, which never rejects what the function accepts", async () => {
    expect(await disagreements(TABLE, [gatewayModelsImplementation(gateway)])).toEqual([]);
  });

  it('by the public OpenAPI document', async () => {
    const evaluate = publicDocumentImplementation(publicDocument(api), accessPolicy(api).roles);
    expect(await disagreements(TABLE, [evaluate])).toEqual([]);
  });

  it('by the Lambda validation', async () => {
    expect(await disagreements(TABLE, [lambdaImplementation(gateway, api)])).toEqual([]);
  });
});
