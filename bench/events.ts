/**
 * The events of the bench: all members that API Gateway sends (API Gateway Developer Guide, "Input to a Lambda authorizer" and "Input format of a Lambda function for
 * proxy integration"), of a request with the headers of a browser.
 */

const ORDER = { title: 'A title', body: 'x'.repeat(200), tags: ['a', 'b-1', 'c'] };
const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const HEADERS: Readonly<Record<string, string>> = {
  Accept: 'application/json',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  'Cache-Control': 'no-cache',
  Host: 'api.example.com',
  Priority: 'u=1, i',
  Referer: 'https://app.example.com/documents',
  'sec-ch-ua': '"Chromium";v="142", "Not_A Brand";v="99"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-site',
  'User-Agent': USER_AGENT,
  'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793',
  'X-Forwarded-For': '192.0.2.1',
  'X-Forwarded-Port': '443',
  'X-Forwarded-Proto': 'https',
};
/** A UUID, as those of API Gateway are. */
const REQUEST_ID = 'c6af9ac6-7b61-41e6-9a41-93e8deadbeef';
const REQUEST = {
  resourceId: 'a1b2c3',
  extendedRequestId: 'Fxz1gH0NliAFmXw=',
  requestTime: '01/Nov/2026:00:00:00 +0000',
  protocol: 'HTTP/1.1',
  accountId: '123456789012',
  stage: 'live',
  apiId: 'a1b2c3d4e5',
  domainName: 'api.example.com',
  domainPrefix: 'api',
  deploymentId: 'd1e2f3',
  identity: {
    cognitoIdentityPoolId: null,
    accountId: null,
    cognitoIdentityId: null,
    caller: null,
    sourceIp: '192.0.2.1',
    principalOrgId: null,
    accessKey: null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    userArn: null,
    userAgent: USER_AGENT,
    user: null,
    apiKey: null,
    apiKeyId: null,
  },
};

/** A request with a token, as the authorizer receives it. */
export function authorizerEvent(token: string, method = 'GET', resource = '/documents'): string {
  const headers: Readonly<Record<string, string>> = { ...HEADERS, Authorization: `Bearer ${token}` };
  return JSON.stringify({
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/live/${method}${resource}`,
    ...requestOf(method, resource, headers),
    requestContext: { ...REQUEST, ...contextOf(method, resource) },
  });
}

/** A valid request, as its function receives it; to `POST /documents` unless another route is named. */
export function proxyEvent(method = 'POST', resource = '/documents'): string {
  const hasBody = method === 'POST';
  const expires = String(Math.floor(Date.now() / 1000) + 3_600);
  const headers: Readonly<Record<string, string>> = hasBody
    ? { ...HEADERS, 'Content-Type': 'application/json' }
    : HEADERS;
  return JSON.stringify({
    ...requestOf(method, resource, headers),
    body: hasBody ? JSON.stringify(ORDER) : null,
    isBase64Encoded: false,
    requestContext: {
      ...REQUEST,
      ...contextOf(method, resource),
      authorizer: { subject: 'user', roles: 'editor', tier: 'free', client: 'bench', issuer: 'https://i', expires },
    },
  });
}

function requestOf(httpMethod: string, resource: string, headers: Readonly<Record<string, string>>): object {
  return {
    resource,
    path: resource,
    httpMethod,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
  };
}

function contextOf(httpMethod: string, resourcePath: string): object {
  return {
    resourcePath,
    httpMethod,
    path: `/live${resourcePath}`,
    requestId: REQUEST_ID,
    requestTimeEpoch: Date.now(),
  };
}
