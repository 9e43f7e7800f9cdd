import { AwsClient } from 'aws4fetch';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AwsEnvironment, AwsServiceError, awsCall } from '../../../lambdas/shared/aws.ts';
import { useAws } from '../authorizer/support/aws.ts';

const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'example',
  AWS_SESSION_TOKEN: 'session',
};

vi.mock('../../../lambdas/shared/callHttp.ts', async () => {
  const { callOverFetch } = await import('../authorizer/support/callOverFetch.ts');
  return { callHttp: callOverFetch };
});
afterEach(() => vi.unstubAllGlobals());

const aws = useAws();

/** Returns the responses in turn, the last one for all further requests, and records the requests. */
function respondWith(...responses: readonly (readonly [number, string])[]): readonly Request[] {
  const requests: Request[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const [status, body] = responses[Math.min(requests.length, responses.length - 1)] ?? [200, '{}'];
    requests.push(request);
    return new Response(body, { status });
  });
  return requests;
}

async function sent(
  environment: AwsEnvironment,
  service: Parameters<typeof awsCall>[1] = 'dynamodb',
): Promise<Request> {
  const [request] = await (async () => {
    const requests = respondWith([200, '{}']);
    await awsCall(environment, service)('GetItem', { TableName: 'documents' });
    return requests;
  })();
  if (request === undefined) throw new Error('nothing was sent');
  return request;
}

/** The signature that another signer with the same keys makes of the same request. */
async function signatureOf(request: Request, keys: ConstructorParameters<typeof AwsClient>[0]): Promise<string | null> {
  const headers = Object.fromEntries(
    ['content-type', 'x-amz-target'].map((name) => [name, request.headers.get(name) ?? '']),
  );
  const signed = await new AwsClient(keys).sign(request.url, {
    method: 'POST',
    headers,
    body: await request.clone().text(),
    aws: { datetime: request.headers.get('x-amz-date') ?? '', allHeaders: true },
  });
  return signed.headers.get('authorization');
}

describe('a call of a service', () => {
  it.each([
    ['dynamodb', '1.0', 'DynamoDB_20120810.GetItem'],
    ['secretsmanager', '1.1', 'secretsmanager.GetItem'],
  ] as const)('of %s speaks AWS JSON %s and names its operation', async (service, version, target) => {
    const request = await sent(ENVIRONMENT, service);
    expect(request.method).toBe('POST');
    expect(request.headers.get('content-type')).toBe(`application/x-amz-json-${version}`);
    expect(request.headers.get('x-amz-target')).toBe(target);
    expect(await request.json()).toEqual({ TableName: 'documents' });
  });

  it.each([
    ['eu-west-1', 'https://dynamodb.eu-west-1.amazonaws.com/'],
    ['us-gov-west-1', 'https://dynamodb.us-gov-west-1.amazonaws.com/'],
    ['cn-north-1', 'https://dynamodb.cn-north-1.amazonaws.com.cn/'],
    ['ap-acn-', 'https://dynamodb.ap-acn-.amazonaws.com/'],
  ])('goes to the region %s', async (region, url) => {
    expect((await sent({ ...ENVIRONMENT, AWS_REGION: region })).url).toBe(url);
  });

  it.each([
    ['dynamodb', 'AWS_ENDPOINT_URL_DYNAMODB'],
    ['secretsmanager', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'],
  ] as const)('of %s goes to the endpoint of %s', async (service, variable) => {
    const request = await sent({ ...ENVIRONMENT, [variable]: 'http://localhost:4566/' }, service);
    expect(request.url).toBe('http://localhost:4566/');
  });

  it.each(['dynamodb', 'secretsmanager'] as const)(
    'of %s goes to AWS_ENDPOINT_URL, as all services do',
    async (service) => {
      const request = await sent({ ...ENVIRONMENT, AWS_ENDPOINT_URL: 'http://localhost:4566/' }, service);
      expect(request.url).toBe('http://localhost:4566/');
    },
  );

  it('goes to the endpoint of its service rather than to that of all services', async () => {
    const endpoints = { AWS_ENDPOINT_URL: 'http://localhost:1/', AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:4566/' };
    expect((await sent({ ...ENVIRONMENT, ...endpoints })).url).toBe('http://localhost:4566/');
  });

  it('is signed with the keys of the environment, for its region and service', async () => {
    const request = await sent(ENVIRONMENT);
    const day = request.headers.get('x-amz-date')?.slice(0, 8);
    const authorization = request.headers.get('authorization');
    expect(authorization).toContain(`Credential=AKIDEXAMPLE/${day}/eu-west-1/dynamodb/aws4_request`);
    expect(request.headers.get('x-amz-security-token')).toBe('session');
    const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example', sessionToken: 'session' };
    expect(authorization).toBe(await signatureOf(request, { ...keys, service: 'dynamodb', region: 'eu-west-1' }));
  });

  it('needs no keys and no region if a variable sets the endpoint', async () => {
    const request = await sent({ AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:4566/' });
    expect(request.headers.get('x-amz-security-token')).toBeNull();
    const authorization = request.headers.get('authorization');
    expect(authorization).toBe(
      await signatureOf(request, { accessKeyId: '', secretAccessKey: '', service: 'dynamodb', region: '' }),
    );
  });
});

describe('a response', () => {
  const call = () => awsCall(ENVIRONMENT, 'dynamodb')('GetItem', {});

  it('is returned as it is', async () => {
    respondWith([200, '{"Item":{"id":{"S":"a"}}}']);
    expect(await call()).toEqual({ Item: { id: { S: 'a' } } });
  });

  it.each(['', 'no JSON', '<html>', '{"Item":', 'null', '7', '"text"', 'true', '[]'])(
    'that is no JSON object is an error, not an empty result: %j',
    async (body) => {
      respondWith([200, body]);
      await expect(call()).rejects.toThrow('dynamodb returned no JSON object');
    },
  );

  it.each([500, 503, 429])('of %i is repeated', async (status) => {
    const requests = respondWith([status, '{}'], [200, '{"Item":{}}']);
    expect(await call()).toEqual({ Item: {} });
    expect(requests).toHaveLength(2);
  });

  it('that fails three times is an error', async () => {
    const requests = respondWith([503, '{"__type":"Down"}']);
    await expect(call()).rejects.toEqual(new AwsServiceError('dynamodb', 503, 'Down'));
    expect(requests).toHaveLength(3);
  });
});

describe('an error response', () => {
  const rejected = async (body: string) => {
    respondWith([400, body]);
    return awsCall(ENVIRONMENT, 'dynamodb')('GetItem', {}).catch((error: unknown) => error);
  };

  it.each([
    ['ValidationException', 'ValidationException'],
    ['com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'ResourceNotFoundException'],
    ['a#b#Code', 'Code'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), ''],
    ['no code', ''],
    ['!Code', ''],
    ['Code!', ''],
    ['', ''],
    [null, ''],
    [{ secret: 'value' }, ''],
  ])('of the type %j has the code "%s"', async (type, code) => {
    const error = await rejected(JSON.stringify({ __type: type, message: 'the secret value' }));
    expect(error).toBeInstanceOf(AwsServiceError);
    expect(error).toMatchObject({ name: 'AwsServiceError', code, message: `dynamodb returned 400 ${code}` });
  });

  it.each(['', 'no JSON', 'null', '"text"', '{}', '[]'])('without a code has an empty one: %j', async (body) => {
    expect(await rejected(body)).toMatchObject({
      name: 'AwsServiceError',
      code: '',
      message: 'dynamodb returned 400 ',
    });
  });
});

describe('a call to AWS', () => {
  it('is signed for service and region, and names its operation', async () => {
    aws.respond({ Item: { id: 1 } });
    expect(await awsCall(aws.environment, 'dynamodb')('GetItem', { Key: 1 })).toEqual({ Item: { id: 1 } });
    expect(aws.requests).toHaveLength(1);
    expect(aws.requests[0]).toMatchObject({
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
    expect(aws.requests[1]?.headers).toMatchObject({
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

  it.each([
    ['{"__type":"com.amazonaws#ResourceNotFoundException"}', 'ResourceNotFoundException'],
    ['{"__type":"a#b#Rejected"}', 'Rejected'],
    [`{"__type":"${'a'.repeat(64)}"}`, 'a'.repeat(64)],
    [`{"__type":"${'a'.repeat(65)}"}`, ''],
    ['{"__type":"a secret string"}', ''],
    ['{"__type":"text "}', ''],
    ['{"__type":" text"}', ''],
    ['{"__type":"secret\\n#text"}', ''],
    ['{}', ''],
    ['null', ''],
    ['nonsense', ''],
  ])('whose error response is %s throws only the code', async (body, code) => {
    aws.respond(body, 400);
    await expect(awsCall(aws.environment, 'dynamodb')('GetItem', {})).rejects.toMatchObject({
      name: 'AwsServiceError',
      message: `dynamodb returned 400 ${code}`,
      code,
    });
  });
});
