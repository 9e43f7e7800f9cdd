import { afterEach, describe, expect, it, vi } from 'vitest';
import { secretsManager } from '../../../lambdas/authorizer/secretsManager.ts';
import { AwsServiceError } from '../../../lambdas/shared/aws.ts';

afterEach(() => vi.unstubAllGlobals());

const secrets = () => secretsManager({ AWS_REGION: 'eu-west-1' });

/** What Secrets Manager answers to everything; gives what it was asked. */
function answering(status: number, answer: unknown): readonly unknown[] {
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push([request.headers.get('x-amz-target'), await request.json()]);
    return Response.json(answer, { status });
  });
  return asked;
}

describe('a secret', () => {
  it('is read in its current version, or in the one before', async () => {
    const asked = answering(200, { SecretString: 'value' });
    expect(await secrets().current('tokens')).toBe('value');
    expect(await secrets().previous('tokens')).toBe('value');
    expect(asked).toEqual([
      ['secretsmanager.GetSecretValue', { SecretId: 'tokens' }],
      ['secretsmanager.GetSecretValue', { SecretId: 'tokens', VersionStage: 'AWSPREVIOUS' }],
    ]);
  });

  it.each([{}, { SecretString: '' }, { SecretString: null }, { SecretString: 7 }, { SecretBinary: 'AAAA' }])(
    'has a text: %j has none',
    async (answer) => {
      answering(200, answer);
      await expect(secrets().current('tokens')).rejects.toEqual(new Error('the secret has no string'));
      await expect(secrets().previous('tokens')).rejects.toEqual(new Error('the secret has no string'));
    },
  );

  it('without a version before has none, while its current one must be there', async () => {
    answering(400, { __type: 'ResourceNotFoundException' });
    expect(await secrets().previous('tokens')).toBeUndefined();
    await expect(secrets().current('tokens')).rejects.toEqual(
      new AwsServiceError('secretsmanager', 400, 'ResourceNotFoundException'),
    );
  });

  it('that may not be read is not one without a version before', async () => {
    answering(400, { __type: 'AccessDeniedException' });
    await expect(secrets().previous('tokens')).rejects.toEqual(
      new AwsServiceError('secretsmanager', 400, 'AccessDeniedException'),
    );
  });

  it('is not one without a version before where nothing answers', async () => {
    const error = Object.assign(new Error('rejected'), { code: 'ResourceNotFoundException' });
    vi.stubGlobal('fetch', () => Promise.reject(error));
    await expect(secrets().previous('tokens')).rejects.toBe(error);
  });
});
