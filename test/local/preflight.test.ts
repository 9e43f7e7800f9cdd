import { describe, expect, it } from 'vitest';
import { environmentOf, readyAccount } from '../support/awsAccount.ts';
import { awsEndpoint } from '../support/awsEndpoint.ts';
import { root } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

describe('x', () => {
  it('y', async () => {
    await using endpoint = await awsEndpoint(readyAccount);
    const result = await cli(['preflight', '--assembly', await sampleAssembly()], root, undefined, '', environmentOf(endpoint.url));
    console.log(result.stdout, result.stderr, result.code, endpoint.calls.length);
    expect(result.code).toBe(0);
  });
});
