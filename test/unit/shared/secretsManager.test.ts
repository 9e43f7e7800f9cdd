import { afterEach, describe, expect, it, vi } from 'vitest';
import { AwsServiceError } from '../../../lambdas/shared/aws.ts';
import { secretsManager } from '../../../lambdas/shared/secretsManager.ts';
import { useAws } from '../authorizer/support/aws.ts';

vi.mock('../../../lambdas/shared/callHttp.ts', async () => {
  const { callOverFetch } = await import('../authorizer/support/callOverFetch.ts');
  return { callHttp: callOverFetch };
});
afterEach(() => vi.unstubAllGlobals());

const aws = useAws();

const secrets = () => secretsManager({ AWS_REGION: 'eu-west-1' });

/** Makes Secrets Manager return this to every call, and records the calls. */
function respondWith(status: number, body: unknown): readonly unknown[] {
  const calls: unknown[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    calls.push([request.headers.get('x-amz-target'), await request.json()]);
    return Response.json(body, { status });
  });
  return calls;
}

describe('a secret', () => {
  it('is read in its current or its previous version', async () => {
    const calls = respondWith(200, { SecretString: 'value' });
    expect(await secrets().current('tokens')).toBe('value');
    expect(await secrets().previous('tokens')).toBe('value');
    expect(calls).toEqual([
      ['secretsmanager.GetSecretValue', { SecretId: 'tokens' }],
      ['secretsmanager.GetSecretValue', { SecretId: 'tokens', VersionStage: 'AWSPREVIOUS' }],
    ]);
  });

  it.each([{}, { SecretString: '' }, { SecretString: null }, { SecretString: 7 }, { SecretBinary: 'AAAA' }])(
    'has a string: %j has none',
    async (body) => {
      respondWith(200, body);
      await expect(secrets().current('tokens')).rejects.toEqual(new Error('the secret has no string'));
      await expect(secrets().previous('tokens')).rejects.toEqual(new Error('the secret has no string'));
    },
  );

  it('without a previous version returns none, while the current version must exist', async () => {
    respondWith(400, { __type: 'ResourceNotFoundException' });
    expect(await secrets().previous('tokens')).toBeUndefined();
    await expect(secrets().current('tokens')).rejects.toEqual(
      new AwsServiceError('secretsmanager', 400, 'ResourceNotFoundException'),
    );
  });

  it('that is denied is not one without a previous version', async () => {
    respondWith(400, { __type: 'AccessDeniedException' });
    await expect(secrets().previous('tokens')).rejects.toEqual(
      new AwsServiceError('secretsmanager', 400, 'AccessDeniedException'),
    );
  });

  it('that is unreachable is not one without a previous version', async () => {
    const error = Object.assign(new Error('rejected'), { code: 'ResourceNotFoundException' });
    vi.stubGlobal('fetch', () => Promise.reject(error));
    await expect(secrets().previous('tokens')).rejects.toBe(error);
  });
});

describe('a secret over HTTP', () => {
  it('is read by its current and its previous label', async () => {
    aws.respond({ SecretString: 'value' });
    const secrets = secretsManager(aws.environment);
    expect([await secrets.current('name'), await secrets.previous('name')]).toEqual(['value', 'value']);
    expect(aws.requests.map(({ body }) => body)).toEqual([
      { SecretId: 'name' },
      { SecretId: 'name', VersionStage: 'AWSPREVIOUS' },
    ]);
  });

  it.each([[{}], [{ SecretString: '' }], [{ SecretString: 7 }]])('that is %j is invalid', async (body) => {
    aws.respond(body);
    await expect(secretsManager(aws.environment).current('name')).rejects.toThrow(/^the secret has no string$/);
    await expect(secretsManager(aws.environment).previous('name')).rejects.toThrow(/^the secret has no string$/);
  });

  it('can have no previous version; any other rejection is thrown', async () => {
    aws.respond({ __type: 'ResourceNotFoundException' }, 400);
    expect(await secretsManager(aws.environment).previous('name')).toBeUndefined();
    await expect(secretsManager(aws.environment).current('name')).rejects.toThrow('ResourceNotFoundException');
    aws.respond({ __type: 'AccessDeniedException' }, 400);
    await expect(secretsManager(aws.environment).previous('name')).rejects.toThrow('AccessDeniedException');
  });
});
