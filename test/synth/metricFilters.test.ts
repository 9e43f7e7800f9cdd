import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { at, ofType, only, smallTemplate } from './support.ts';

let template: Template;
let name: unknown;
beforeAll(() => {
  template = smallTemplate();
  name = only(template, 'AWS::ApiGateway::RestApi').Properties['Name'];
});

describe('metric filters', () => {
  it('count rejections in the access log by kind', () => {
    const filters = ofType(template, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => [
      at(Properties, 'MetricTransformations.0.MetricName'),
      at(Properties, 'FilterPattern'),
      at(Properties, 'MetricTransformations.0.MetricNamespace'),
    ]);
    const notBlocked = '($.wafResponseCode != "WAF_BLOCK") && ($.errorType != "WAF_FILTERED")';
    expect(filters).toEqual([
      [`${name}-Unauthorized`, '{ $.status = "401" }', 'SecureApi/AccessLog'],
      [`${name}-Forbidden`, `{ ($.status = "403") && ${notBlocked} }`, 'SecureApi/AccessLog'],
      [`${name}-Throttled`, `{ ($.status = "429") && ${notBlocked} }`, 'SecureApi/AccessLog'],
      [
        `${name}-WafBlocked`,
        '{ ($.wafResponseCode = "WAF_BLOCK") || ($.errorType = "WAF_FILTERED") }',
        'SecureApi/AccessLog',
      ],
      [`${name}-NotFound`, `{ ($.status = "404") && ${notBlocked} }`, 'SecureApi/AccessLog'],
      [
        `${name}-Malformed`,
        expect.stringMatching(/^\{ \(\(\$\.status = "400"\) \|\| .+\) && .+ \}$/),
        'SecureApi/AccessLog',
      ],
      [
        `${name}-AuthorizerFailed`,
        '{ ($.errorType = "AUTHORIZER_FAILURE") || ($.errorType = "AUTHORIZER_CONFIGURATION_ERROR") }',
        'SecureApi/AccessLog',
      ],
      [`${name}-RequestsByTier`, '{ $.tier = "*" }', 'SecureApi/AccessLog'],
      [`${name}-ThrottledByTier`, `{ ($.status = "429") && ${notBlocked} }`, 'SecureApi/AccessLog'],
      [`${name}-LatencyByTier`, '{ ($.tier = "*") && ($.latency = "*") }', 'SecureApi/AccessLog'],
      [`${name}-DeniedByReason`, '{ ($.status = "403") && ($.errorType = "ACCESS_DENIED") }', 'SecureApi/AccessLog'],
    ]);
  });

  it('read only fields that the access log has', () => {
    const format = JSON.parse(
      String(at(only(template, 'AWS::ApiGateway::Stage'), 'Properties.AccessLogSetting.Format')),
    );
    for (const [, { Properties }] of ofType(template, 'AWS::Logs::MetricFilter')) {
      const fields = [...String(Properties['FilterPattern']).matchAll(/\$\.(\w+)/g)].map((match) => match[1]);
      expect(fields.filter((field) => !(String(field) in format))).toEqual([]);
    }
  });
});
