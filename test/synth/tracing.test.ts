import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import type { OpenTelemetryProps } from '../../lib/construct/tracing.ts';
import { at, ofType, only, smallTemplate } from './support.ts';

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
    ['without TLS', 'http://collector.example.com'],
    ['with a password', 'https://a:b@collector.example.com'],
    ['with a query', 'https://collector.example.com?key=hunter22'],
    ['with a slash at the end', 'https://collector.example.com/'],
    ['that is none', 'collector'],
    ['of another kind', 'file:///tmp/spans'],
    ['with a name that begins like a loopback address', 'http://localhost.example.com'],
    ['that is too long', `https://collector.example.com/${'a'.repeat(256)}`],
  ])('do not go to an address %s, which is not shown', (_, endpoint) => {
    const props: OpenTelemetryProps = { endpoint };
    expect(() => smallTemplate({ tracing: props })).toThrow(
      /^option-invalid at tracing\.endpoint: found another string/,
    );
  });
});
