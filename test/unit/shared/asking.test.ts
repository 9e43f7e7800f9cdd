import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyValues } from '../../../lambdas/authorizer/apiKeys.ts';
import { proofStore } from '../../../lambdas/authorizer/binding/proofStore.ts';
import { clientDirectory } from '../../../lambdas/authorizer/clients.ts';
import { hmacProver } from '../../../lambdas/authorizer/hmac.ts';
import { revocationList } from '../../../lambdas/authorizer/revocations.ts';
import { secretsManager } from '../../../lambdas/authorizer/secretsManager.ts';
import { awsCall } from '../../../lambdas/shared/aws.ts';
import { tokenIssuerOf } from '../authorizer/support/authorizer.ts';
import { startAws } from '../authorizer/support/aws.ts';

let aws: Awaited<ReturnType<typeof startAws>>;
beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.seen.length = 0;
  aws.answer({});
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a call to AWS', () => {
  it('is signed for service and region, and names its operation', async () => {
    aws.answer({ Item: { id: 1 } });
    expect(await awsCall(aws.environment, 'dynamodb')('GetItem', { Key: 1 })).toEqual({ Item: { id: 1 } });
    expect(aws.seen).toHaveLength(1);
    expect(aws.seen[0]).toMatchObject({
      method: 'POST',
      body: { Key: 1 },
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'x-amz-security-token': 'session',
        authorization: expect.stringMatching(/Credential=AKIDTEST\/\d{8}\/eu-west-1\/dynamodb\/aws4_request/),
      },
    });
    await awsCall(aws.environment, 'secretsmanager')('GetSecretValue', {});
    expect(aws.seen[1]?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    });
  });

  it.each([
    ['eu-west-1', 'https://dynamodb.eu-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://dynamodb.cn-north-1.amazonaws.com.cn/'],
    ['us-cn-', 'https://dynamodb.us-cn-.amazonaws.com/'],
  ])('goes to the endpoint of %s', async (region, endpoint) => {
    const urls: string[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
      urls.push(request.url);
      return new Response('{}');
    });
    const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    await awsCall({ ...keys, AWS_REGION: region }, 'dynamodb')('GetItem', {});
    expect(urls).toEqual([endpoint]);
  });

  it.each([['null'], ['"text"'], ['nonsense'], ['7']])('that is answered with %s gives no member', async (body) => {
    aws.answer(body);
    expect(await awsCall(aws.environment, 'dynamodb')('GetItem', {})).toEqual({});
  });

  it.each([
    ['{"__type":"com.amazonaws#ResourceNotFoundException"}', 'ResourceNotFoundException'],
    ['{"__type":"a#b#Refused"}', 'Refused'],
    [`{"__type":"${'a'.repeat(64)}"}`, 'a'.repeat(64)],
    [`{"__type":"${'a'.repeat(65)}"}`, ''],
    ['{"__type":"a secret text"}', ''],
    ['{"__type":"text "}', ''],
    ['{"__type":" text"}', ''],
    ['{"__type":"secret\\n#text"}', ''],
    ['{}', ''],
    ['null', ''],
    ['nonsense', ''],
  ])('that is refused with %s tells the code alone', async (body, code) => {
    aws.answer(body, 400);
    await expect(awsCall(aws.environment, 'dynamodb')('GetItem', {})).rejects.toMatchObject({
      name: 'AwsServiceError',
      message: `dynamodb returned 400 ${code}`,
      code,
    });
  });
});

describe('a secret', () => {
  it('is read by its current label, and by the one before', async () => {
    aws.answer({ SecretString: 'text' });
    const secrets = secretsManager(aws.environment);
    expect([await secrets.current('name'), await secrets.previous('name')]).toEqual(['text', 'text']);
    expect(aws.seen.map(({ body }) => body)).toEqual([
      { SecretId: 'name' },
      { SecretId: 'name', VersionStage: 'AWSPREVIOUS' },
    ]);
  });

  it.each([[{}], [{ SecretString: '' }], [{ SecretString: 7 }]])('that is %j is none', async (answer) => {
    aws.answer(answer);
    await expect(secretsManager(aws.environment).current('name')).rejects.toThrow(/^the secret has no string$/);
    await expect(secretsManager(aws.environment).previous('name')).rejects.toThrow(/^the secret has no string$/);
  });

  it('may have no version before; any other refusal is told', async () => {
    aws.answer({ __type: 'ResourceNotFoundException' }, 400);
    expect(await secretsManager(aws.environment).previous('name')).toBeUndefined();
    await expect(secretsManager(aws.environment).current('name')).rejects.toThrow('ResourceNotFoundException');
    aws.answer({ __type: 'AccessDeniedException' }, 400);
    await expect(secretsManager(aws.environment).previous('name')).rejects.toThrow('AccessDeniedException');
  });

  it('of tokens has at least 256 bits', async () => {
    const { jwksUri: _uri, algorithms: _algorithms, ...common } = tokenIssuerOf('https://i.example');
    const secrets = { current: async () => 'x'.repeat(31), previous: async () => 'x'.repeat(32) };
    const prove = hmacProver({ ...common, hmacSecret: 'name' }, secrets);
    await expect(prove({ compact: 'a.b.c', header: { alg: 'HS256' }, payload: {} })).rejects.toThrow(
      /^configuration-invalid: the HMAC secret has less than 256 bits$/,
    );
  });
});

describe('the API key of a tier', () => {
  const ofTier = (secret: string) => {
    const asked: string[] = [];
    const current = async (id: string) => {
      asked.push(id);
      if (secret === '') throw new Error('down');
      return secret;
    };
    const values = keyValues({ current, previous: async () => undefined }, { SECURE_API_KEYS_SECRET: 'keys' });
    return { asked, ask: () => values.ofTier('free') };
  };

  it('is made of the secret that the environment names, read once', async () => {
    const { asked, ask } = ofTier('s'.repeat(32));
    expect([await ask(), await ask()]).toEqual(Array(2).fill(`free-${'s'.repeat(32)}`));
    expect(asked).toEqual(['keys']);
  });

  it.each([15, 123])('may have what API Gateway takes: a secret of %i', async (length) => {
    expect(await ofTier('s'.repeat(length)).ask()).toHaveLength(length + 5);
  });

  it.each([14, 124])('is a fault where API Gateway would not take it: a secret of %i', async (length) => {
    await expect(ofTier('s'.repeat(length)).ask()).rejects.toThrow(
      /^configuration-invalid: API key values have 20 to 128 characters$/,
    );
  });

  it('is a fault of ours while the secret is out of reach', async () => {
    await expect(ofTier('').ask()).rejects.toThrow(/^secret-unreachable: down$/);
  });
});

describe('the table of clients', () => {
  const directory = (table = 'clients') => clientDirectory({ ...aws.environment, SECURE_API_CLIENTS_TABLE: table });

  it('is asked for the state of a client', async () => {
    aws.answer({ Item: { tier: { S: 'gold' }, status: { S: 'active' }, keyVersion: { N: '2' } } });
    expect(await directory()('acme')).toEqual({ tier: 'gold', status: 'active', keyVersion: 2 });
    expect(aws.seen[0]?.body).toEqual({ TableName: 'clients', Key: { id: { S: 'client#acme' }, at: { S: '-' } } });
  });

  it('is not asked without a table, or for what can be no client', async () => {
    expect(await directory('')('acme')).toBeUndefined();
    expect(await directory()('')).toBeUndefined();
    expect(await directory()('é'.repeat(1001))).toBeUndefined();
    expect(aws.seen).toEqual([]);
    expect(await directory()('é'.repeat(1000))).toBeUndefined();
    expect(aws.seen).toHaveLength(1);
  });

  it('lets nobody through by an item that cannot be read', async () => {
    for (const Item of [{}, { tier: {}, status: {}, keyVersion: {} }, { status: { S: 'Active' } }]) {
      aws.answer({ Item });
      expect(await directory()('acme')).toEqual({ tier: '', status: 'suspended', keyVersion: Number.NaN });
    }
  });
});

describe('the deny list', () => {
  const list = (change = {}) => {
    const settings = { table: 'revoked', cacheSeconds: 60, whenUnreachable: 'reject', ...change };
    return revocationList({ ...aws.environment, SECURE_API_REVOCATIONS: JSON.stringify(settings) });
  };
  const token = (claims: Readonly<Record<string, unknown>>) =>
    ({ claims, tokenIssuer: tokenIssuerOf('https://i.example') }) as Parameters<ReturnType<typeof list>>[0];
  const answered = (...items: unknown[]) => aws.answer({ Responses: { revoked: items } });
  const later = { N: String(Math.floor(Date.now() / 1000) + 60) };

  it('is asked for what a token can be revoked by, and remembered', async () => {
    answered({ id: { S: 'sub#u' }, expires: later });
    const reject = list();
    for (let time = 0; time < 2; time += 1) {
      await expect(reject(token({ jti: 'j', sub: 'u', client_id: 'c' }))).rejects.toMatchObject({
        reason: 'token-revoked',
      });
    }
    await expect(reject(token({ sub: 'u' }))).rejects.toMatchObject({ reason: 'token-revoked' });
    await expect(reject(token({ jti: 'j' }))).resolves.toBeUndefined();
    expect(aws.seen.map(({ body }) => body)).toEqual([
      { RequestItems: { revoked: { Keys: ['jti#j', 'sub#u', 'client#c'].map((S) => ({ id: { S } })) } } },
    ]);
  });

  it('takes no value that no key can hold', async () => {
    answered();
    await list()(token({ jti: '', sub: 'é'.repeat(513) }));
    expect(aws.seen).toEqual([]);
    await list()(token({ jti: '', sub: 'é'.repeat(512) }));
    expect(aws.seen).toHaveLength(1);
  });

  it('counts items until their end, and none that cannot be read', async () => {
    answered({ id: { S: 'sub#u' }, expires: { N: '1' } }, { id: { S: 'sub#u' } }, { expires: later }, { id: {} });
    await expect(list()(token({ sub: 'u' }))).resolves.toBeUndefined();
    aws.answer({});
    await expect(list()(token({ sub: 'u' }))).resolves.toBeUndefined();
  });

  it('that does not answer for all is out of reach, as is one that refuses', async () => {
    aws.answer({ Responses: { revoked: [] }, UnprocessedKeys: { revoked: {} } });
    await expect(list()(token({ sub: 'u' }))).rejects.toThrow(
      /^revocations-unreachable: the table did not return all keys$/,
    );
    const accept = list({ whenUnreachable: 'accept' });
    await expect(accept(token({ sub: 'u' }))).resolves.toBeUndefined();
    answered({ id: { S: 'sub#u' }, expires: later });
    await expect(accept(token({ sub: 'u' }))).rejects.toMatchObject({ reason: 'token-revoked' });
  });

  it.each([
    ['nonsense'],
    ['null'],
    [{ table: '' }],
    [{ table: 7 }],
    [{ cacheSeconds: 0.5 }],
    [{ whenUnreachable: 'perhaps' }],
  ])('is a fault of ours with settings %j', (change) => {
    const make = () =>
      typeof change === 'string'
        ? revocationList({ ...aws.environment, SECURE_API_REVOCATIONS: change })
        : list(change);
    expect(make).toThrow(/^configuration-invalid: SECURE_API_REVOCATIONS is invalid$/);
  });
});

describe('the table of proofs', () => {
  const proof = { thumbprint: 't', id: 'p', until: Date.now() / 1000 + 60 };
  const store = (table = 'proofs') => proofStore({ ...aws.environment, SECURE_API_PROOFS: table });

  it('is asked once; this instance knows the proof then', async () => {
    const proofs = store();
    expect([await proofs.isFirstUse(proof), await proofs.isFirstUse(proof)]).toEqual([true, false]);
    expect(aws.seen).toHaveLength(1);
    expect(aws.seen[0]?.body).toMatchObject({
      TableName: 'proofs',
      Item: { id: { S: 'p' }, expires: { N: String(Math.ceil(proof.until)) } },
      ConditionExpression: 'attribute_not_exists(id) OR #by = :by',
    });
  });

  it('says where another instance has seen the proof', async () => {
    aws.answer({ __type: 'x#ConditionalCheckFailedException' }, 400);
    expect(await store().isFirstUse(proof)).toBe(false);
  });

  it('out of reach is a fault of ours, and the proof may come again', async () => {
    const proofs = store();
    aws.answer({ __type: 'x#ResourceNotFoundException' }, 400);
    await expect(proofs.isFirstUse(proof)).rejects.toThrow(/^proofs-unreachable: /);
    aws.answer({});
    expect(await proofs.isFirstUse(proof)).toBe(true);
  });

  it('has to be named', async () => {
    await expect(store('').isFirstUse(proof)).rejects.toThrow(/^configuration-invalid: SECURE_API_PROOFS is not set$/);
  });
});
