import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { at, faultsOf, ofType, only, smallTemplate } from './support.ts';

const ENDPOINT = 'https://collector.example.com/otlp';
const variablesOf = (template: Template) =>
  Object.fromEntries(
    ofType(template, 'AWS::Lambda::Function').map(([id, fn]) => [
      id,
      Object.entries((at(fn, 'Properties.Environment.Variables') ?? {}) as Record<string, unknown>).filter(([name]) =>
        name.startsWith('SECURE_API_OTLP_'),
      ),
    ]),
  );
const sendsSpans = (id: string) => /^Api(Authorizer|Handlers)/.test(id);

describe('traces', () => {
  it('are off by default: no function sends spans, and the access log has no trace', () => {
    const template = smallTemplate({});
    expect(Object.values(variablesOf(template)).flat()).toEqual([]);
    expect(JSON.stringify(only(template, 'AWS::ApiGateway::Stage').Properties['AccessLogSetting'])).not.toContain(
      'xray',
    );
  });

  it.each([true, 'xray'] as const)(
    'of X-Ray (%s) are those of gateway and functions, and the access log names them',
    (tracing) => {
      const template = smallTemplate({ tracing });
      const { Properties: stage } = only(template, 'AWS::ApiGateway::Stage');
      expect(stage).toMatchObject({ TracingEnabled: true });
      expect(at(stage, 'AccessLogSetting.Format')).toContain('"traceId":"$context.xrayTraceId"');
      for (const [id, fn] of ofType(template, 'AWS::Lambda::Function').filter(([name]) => sendsSpans(name))) {
        expect([id, at(fn, 'Properties.TracingConfig.Mode')]).toEqual([id, 'Active']);
      }
    },
  );

  it('of a collector are sent by authorizer and handlers alone, which read its headers from a secret', () => {
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:collector-AbCdEf';
    const headers = Secret.fromSecretCompleteArn(new Stack(), 'Headers', arn);
    const template = smallTemplate({ tracing: { endpoint: ENDPOINT, headers, sampling: 0.5 } });
    for (const [id, variables] of Object.entries(variablesOf(template))) {
      if (!sendsSpans(id)) expect([id, variables]).toEqual([id, []]);
      else
        expect(Object.fromEntries(variables)).toEqual({
          SECURE_API_OTLP_ENDPOINT: ENDPOINT,
          SECURE_API_OTLP_SAMPLING: '0.5',
          SECURE_API_OTLP_HEADERS_SECRET: arn,
        });
    }
    expect(only(template, 'AWS::ApiGateway::Stage').Properties).not.toMatchObject({ TracingEnabled: true });
    const readers = ofType(template, 'AWS::IAM::Policy')
      .filter(([, policy]) => JSON.stringify(policy).includes('secret:collector'))
      .map(([id]) => id);
    expect(readers.length).toBeGreaterThan(1);
    expect(readers.filter((id) => !sendsSpans(id))).toEqual([]);
  });

  it.each([
    'https://collector.example.com',
    'https://collector.example.com:4318/a/b',
    'http://localhost:4318',
    'http://[::1]:4318',
  ])('go to %s', (endpoint) => expect(() => smallTemplate({ tracing: { endpoint } })).not.toThrow());

  it('have no headers without TLS, because they would never be sent and every function could read them', () => {
    const headers = Secret.fromSecretNameV2(new Stack(), 'Headers', 'collector');
    expect(() => smallTemplate({ tracing: { endpoint: 'http://localhost:4318', headers } })).toThrow(
      /^option-invalid at tracing\.headers: found headers, and an endpoint without TLS/,
    );
  });

  it.each<readonly [string, string]>([
    ['http://collector.example.com', 'http and another host than a loopback one'],
    ['http://localhost.example.com', 'http and another host than a loopback one'],
    ['http://169.254.169.254', 'http and another host than a loopback one'],
    ['https://a:b@collector.example.com', 'a URL with a user or a password'],
    ['https://collector.example.com?key=hunter22', 'a URL with a query or a fragment'],
    ['https://collector.example.com#hunter22', 'a URL with a query or a fragment'],
    [`https://collector.example.com/ghp_${'a1B2'.repeat(9)}`, 'a URL with a secret in its path'],
    ['https://collector.example.com/', 'a URL with a slash at the end'],
    ['collector', 'a string that is no URL of http or https'],
    ['', 'a string that is no URL of http or https'],
    ['file:///tmp/spans', 'a string that is no URL of http or https'],
    ['https://collector.example.com\r\nX-Key: hunter22', 'a string that is no URL of http or https'],
    [`https://collector.example.com/${'a'.repeat(256)}`, 'a string of 286 characters'],
    ['https://localhost:4318', 'https and localhost, which is no host of the Internet'],
    ['https://169.254.169.254.', 'https and 169.254.169.254, which is no host of the Internet'],
    ['https://[::ffff:10.0.0.1]', 'https and [::ffff:a00:1], which is no host of the Internet'],
    ['https://collector.internal', 'https and collector.internal, which is no host of the Internet'],
  ])('do not go to %s, which is not shown', (endpoint, found) => {
    const faults = faultsOf({ tracing: { endpoint } });
    expect(faults).toMatchObject([
      { location: 'tracing.endpoint', found, fix: expect.stringMatching(/tracing.headers/) },
    ]);
    expect(JSON.stringify(faults)).not.toMatch(/hunter22|ghp_/);
  });

  it.each<readonly [unknown, string, RegExp]>([
    ['x-ray', '"x-ray"', /^Write 'xray'\.$/],
    ['Xray', '"Xray"', /^Write 'xray'\.$/],
    ['zipkin', '"zipkin"', /^Write 'xray' for X-Ray, or \{ endpoint/],
    ['https://collector.example.com?key=hunter22', 'a string', /^Write 'xray' for X-Ray, or \{ endpoint/],
    [null, 'null', /^Write 'xray' for X-Ray/],
    [1, '1', /^Write 'xray' for X-Ray/],
  ])('are not of the kind %j', (tracing, found, fix) => {
    expect(faultsOf({ tracing })).toEqual([
      {
        code: 'option-invalid',
        location: 'tracing',
        found,
        expected: "true, false, 'xray', or an object with the endpoint of a collector",
        fix: expect.stringMatching(fix),
      },
    ]);
  });

  it.each([0, -0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY, '0.5', null])('are not sampled by %j', (sampling) => {
    expect(faultsOf({ tracing: { endpoint: ENDPOINT, sampling } })).toMatchObject([
      { location: 'tracing.sampling', expected: 'a number from 0.00001 to 1' },
    ]);
  });

  it('have headers in a secret, which no message shows otherwise', () => {
    for (const headers of ['x-key=hunter22', { 'x-key': 'hunter22' }, new Stack(), null]) {
      const faults = faultsOf({ tracing: { endpoint: ENDPOINT, headers } });
      expect(faults).toMatchObject([
        { location: 'tracing.headers', expected: 'a secret of Secrets Manager', fix: expect.stringMatching(/^Store/) },
      ]);
      expect(JSON.stringify(faults)).not.toContain('hunter22');
    }
  });
});
