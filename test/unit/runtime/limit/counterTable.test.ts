import { afterEach, describe, expect, it, vi } from 'vitest';
import { counterTable } from '../../../../lambdas/runtime/limit/counterTable.ts';

vi.mock('../../../../lambdas/shared/callHttp.ts', async () => {
  const { callOverFetch } = await import('../../authorizer/support/callOverFetch.ts');
  return { callHttp: callOverFetch };
});
afterEach(() => vi.unstubAllGlobals());

const UPDATE = {
  UpdateExpression: 'ADD #n :one',
  ConditionExpression: '#n < :limit',
  ExpressionAttributeNames: { '#n': 'n' },
  ExpressionAttributeValues: { ':one': { N: '1' }, ':limit': { N: '10' } },
};

/** The table while DynamoDB returns this status and body to every request. */
function tableReturning(status: number, body: string) {
  vi.stubGlobal('fetch', async () => new Response(body, { status }));
  return counterTable({ AWS_REGION: 'eu-west-1', SECURE_API_LIMITS_TABLE: 'counters' });
}

describe('an update of a counter', () => {
  it('returns the attributes after it', async () => {
    const table = tableReturning(200, '{"Attributes":{"n":{"N":"3"}}}');
    expect(await table.update('id', UPDATE)).toEqual({ n: { N: '3' } });
  });

  it('returns nothing when its condition does not hold', async () => {
    const table = tableReturning(400, '{"__type":"x#ConditionalCheckFailedException"}');
    expect(await table.update('id', UPDATE)).toBeUndefined();
  });

  it('fails on any other error of DynamoDB', async () => {
    const table = tableReturning(400, '{"__type":"x#ResourceNotFoundException"}');
    await expect(table.update('id', UPDATE)).rejects.toThrow('dynamodb returned 400 ResourceNotFoundException');
  });
});

describe.each(['', '<html>', 'null', '"string"'])('a successful response with the unreadable body %j', (body) => {
  it('is an error of the update, not a failed condition', async () => {
    await expect(tableReturning(200, body).update('id', UPDATE)).rejects.toThrow('dynamodb returned no JSON object');
  });

  it('is an error of the read, not a missing counter', async () => {
    await expect(tableReturning(200, body).get('id')).rejects.toThrow('dynamodb returned no JSON object');
  });
});

it('a missing counter is read as undefined', async () => {
  expect(await tableReturning(200, '{}').get('id')).toBeUndefined();
});
