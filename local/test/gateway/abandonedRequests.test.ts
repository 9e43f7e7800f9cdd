import { afterAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../gateway/gateway.ts';
import { createLambdaRunner } from '../../lambda/runner.ts';
import { createTerminal } from '../../serve/terminal/terminal.ts';
import { anApi, aRequest, aStack } from '../support/gateway.ts';
import { functionModel } from '../support/lambda.ts';

const integrated = (arn: string) => ({
  'x-amazon-apigateway-integration': {
    type: 'aws_proxy',
    uri: `arn:aws:apigateway:::path/functions/${arn}/invocations`,
  },
});

/** Has one instance, and each event takes a while. */
const FUNCTION = functionModel(
  `export const handler = async () => {
  await new Promise((done) => setTimeout(done, 500));
  return { statusCode: 200, body: '' };
};`,
);
const runner = createLambdaRunner([FUNCTION], {
  environment: {},
  caPem: '',
  onLog: () => undefined,
  metric: () => undefined,
  isDebugged: true,
});
afterAll(() => runner.close());

const AUTHORIZER = {
  type: 'request',
  identitySource: 'method.request.header.authorization',
  authorizerUri: `arn:aws:apigateway:::path/functions/${FUNCTION.arn}/invocations`,
};
const API = anApi(
  {
    paths: {
      '/plain': { get: integrated(FUNCTION.arn) },
      '/authorized': { get: { security: [{ auth: [] }], ...integrated(FUNCTION.arn) } },
    },
    components: {
      securitySchemes: {
        auth: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authorizer': AUTHORIZER },
      },
    },
  },
  {
    stage: {
      name: 'prod',
      methodThrottles: {},
      tracing: true,
      variables: {},
      accessLog: {
        logGroup: 'access',
        format: '$context.path $context.status $context.error.responseType $context.integration.integrationStatus',
      },
    },
  },
);

describe('a request whose client disconnects while its event waits for an instance', () => {
  it.each(['authorized', 'plain'])('has no status, and is no error: %s', async (name) => {
    const lines: string[] = [];
    const metrics: string[] = [];
    const spans: unknown[] = [];
    const printed: string[] = [];
    const terminal = createTerminal({
      print: (text) => printed.push(text),
      redact: (text) => text,
      nameOf: () => '',
      apiOf: () => undefined,
      directory: '/',
    });
    const gateway = createGateway(API, aStack({ apis: [API], functions: [FUNCTION] }), {
      lambda: runner,
      telemetry: {
        log: (_, line) => lines.push(line),
        metric: (_, metric, { Stage }, value) => {
          if (Stage !== undefined && !metric.endsWith('atency')) metrics.push(`${metric} ${value}`);
          if (metric === 'IntegrationLatency') metrics.push(metric);
        },
      },
      clock: { now: () => 0, speed: 1 },
      keys: { byValue: () => undefined },
      usageRecords: { register: () => undefined, find: () => undefined },
      span: ({ failed, attributes }) => spans.push({ failed, attributes }),
      ended: (state, ending, rejection) => terminal.ended(state, ending, rejection, { noteOf: () => undefined }),
      print: () => undefined,
    });
    const running = runner.invoke(FUNCTION.arn, {}, 'request-0');
    const request = aRequest({ path: `/${name}`, headers: { authorization: 'token' } });
    await gateway({ ...request, isAbandoned: () => true });
    await running;
    terminal.flush();
    expect(lines).toEqual([`/prod/${name} - - -`]);
    expect(metrics).toEqual(['Count 1', '4XXError 0', '5XXError 0']);
    const attributes = { 'http.request.method': 'GET', 'http.route': `/${name}` };
    expect(spans).toEqual([{ failed: false, attributes }]);
    expect(printed.join()).toMatch(new RegExp(`GET /${name} - \\d+ ms client: disconnected$`));
  });
});

it('a request that got 504 while its event waited for an instance does not run later, where others wait', async () => {
  const ran: string[] = [];
  const slow = functionModel(`export const handler = async ({ path }) => {
    console.log(path);
    await new Promise((done) => setTimeout(done, 600));
    return { statusCode: 200, body: '' };
  };`);
  const own = createLambdaRunner([slow], {
    environment: {},
    caPem: '',
    onLog: (_, line) => ran.push(String(line)),
    metric: () => undefined,
    isDebugged: true,
  });
  const integration = integrated(slow.arn)['x-amazon-apigateway-integration'];
  const operation = { 'x-amazon-apigateway-integration': { ...integration, timeoutInMillis: 200 } };
  const api = anApi({ paths: { '/{proxy+}': { get: operation } } }, {});
  const gateway = createGateway(api, aStack({ apis: [api], functions: [slow] }), {
    lambda: own,
    telemetry: { log: () => undefined, metric: () => undefined },
    clock: { now: () => 0, speed: 1 },
    keys: { byValue: () => undefined },
    usageRecords: { register: () => undefined, find: () => undefined },
    print: () => undefined,
  });
  await own.invoke(slow.arn, { path: 'first' }, 'request-0');
  const busy = own.invoke(slow.arn, { path: 'busy' }, 'request-1');
  const late = await Promise.all(['a', 'b', 'c'].map((path) => gateway(aRequest({ path: `/${path}` }))));
  expect(late.map(({ status }) => status)).toEqual([504, 504, 504]);
  await busy;
  await own.invoke(slow.arn, { path: 'last' }, 'request-2');
  expect(ran.filter((line) => /first|busy|last|^\/[abc]/.test(line))).toEqual(['first', 'busy', 'last']);
  await own.close();
});
