import { describe, expect, it } from 'vitest';
import { clientDirectory } from '../../../lambdas/authorizer/clients.ts';
import { useAws } from './support/aws.ts';

const aws = useAws();

describe('the table of clients', () => {
  const directory = (table = 'clients') => clientDirectory({ ...aws.environment, SECURE_API_CLIENTS_TABLE: table });

  it('is read for the state of a client', async () => {
    aws.respond({ Item: { tier: { S: 'gold' }, status: { S: 'active' }, keyVersion: { N: '2' } } });
    expect(await directory()('acme')).toEqual({ tier: 'gold', status: 'active', keyVersion: 2 });
    expect(aws.requests[0]?.body).toEqual({ TableName: 'clients', Key: { id: { S: 'client#acme' }, at: { S: '-' } } });
  });

  it('is not read without a table name, or for an impossible client id', async () => {
    expect(await directory('')('acme')).toBeUndefined();
    expect(await directory()('')).toBeUndefined();
    expect(await directory()('é'.repeat(1001))).toBeUndefined();
    expect(aws.requests).toEqual([]);
    expect(await directory()('é'.repeat(1000))).toBeUndefined();
    expect(aws.requests).toHaveLength(1);
  });

  it('unreachable lets records count for an hour after they were read, however often they are used', async () => {
    let now = 0;
    const find = clientDirectory({ ...aws.environment, SECURE_API_CLIENTS_TABLE: 'clients' }, () => now);
    aws.respond({ Item: { tier: { S: 'gold' }, status: { S: 'active' }, keyVersion: { N: '2' } } });
    await find('acme');
    aws.respond({ __type: 'x#ResourceNotFoundException' }, 400);
    for (now = 30_000; now < 3_600_000; now += 29_000) expect(await find('acme')).toMatchObject({ tier: 'gold' });
    now = 3_600_000;
    await expect(find('acme')).rejects.toThrow(/^clients-unreachable: /);
  });

  it('suspends a client whose item cannot be read', async () => {
    for (const Item of [{}, { tier: {}, status: {}, keyVersion: {} }, { status: { S: 'Active' } }]) {
      aws.respond({ Item });
      expect(await directory()('acme')).toEqual({ tier: '', status: 'suspended', keyVersion: Number.NaN });
    }
  });
});
