import { Fn } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { at, listAt, ofType, only, smallTemplate, withSmall } from './support.ts';

const APP = 'https://app.example.com';
const ADMIN = 'https://admin.example.com:8443';
const one = smallTemplate({ cors: { origins: [APP] } });
const two = smallTemplate({ cors: { origins: [APP, ADMIN], credentials: true } });

const bodyOf = (template: Template) => only(template, 'AWS::ApiGateway::RestApi').Properties['Body'];
const integrationOf = (template: Template, path = '/things') =>
  at((bodyOf(template) as { paths: Record<string, unknown> }).paths[path], 'options.x-amazon-apigateway-integration');
const originsOf = (template: Template) => {
  const responses = at(bodyOf(template), 'x-amazon-apigateway-gateway-responses') as Record<
    string,
    { responseParameters: object }
  >;
  return Object.entries(responses).map(([type, { responseParameters }]) => [
    type,
    (responseParameters as Record<string, string>)['gatewayresponse.header.Access-Control-Allow-Origin'],
  ]);
};
type Rule = {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: Record<string, unknown>;
  readonly Statement: unknown;
};
const rulesOf = (template: Template) =>
  listAt(only(template, 'AWS::WAFv2::WebACL'), 'Properties.Rules') as readonly Rule[];
const blockedOrigins = (template: Template) =>
  rulesOf(template)
    .flatMap((rule) => at(rule, 'Action.Block.CustomResponse.ResponseHeaders') ?? [])
    .flat()
    .filter((header) => at(header, 'Name') === 'Access-Control-Allow-Origin')
    .map((header) => at(header, 'Value'));

/** The paths of routes. The metadata of RFC 9728 is public, and simple requests of any page read it without a preflight. */
const pathsOf = (template: Parameters<typeof bodyOf>[0]) =>
  Object.entries((bodyOf(template) as { paths: Record<string, Record<string, unknown>> }).paths)
    .filter(([path]) => !path.startsWith('/.well-known/'))
    .map(([, item]) => item);

describe('preflights', () => {
  it('need no authorizer, key or function, and survive binary media types', () => {
    for (const item of pathsOf(one)) {
      expect(item['options']).toMatchObject({ security: [] });
      expect(JSON.stringify(item['options'])).not.toMatch(/arn:|credentials|validator/);
      expect(at(item, 'options.x-amazon-apigateway-integration')).toMatchObject({
        type: 'mock',
        contentHandling: 'CONVERT_TO_TEXT',
        passthroughBehavior: 'never',
        requestTemplates: { 'application/json': '{"statusCode":204}' },
        responses: { default: { statusCode: '204', contentHandling: 'CONVERT_TO_TEXT' } },
      });
    }
  });

  it('declare every header that they map, as an import demands', () => {
    for (const item of pathsOf(two)) {
      const declared = Object.keys(at(item, 'options.responses.204.headers') as object);
      const mapped = at(item, 'options.x-amazon-apigateway-integration.responses.default.responseParameters') as object;
      for (const name of Object.keys(mapped)) expect(declared).toContain(name.replace('method.response.header.', ''));
      expect(declared).toContain('Access-Control-Allow-Origin');
    }
  });

  it('allow the methods of the path and the headers that its routes read', () => {
    expect(at(integrationOf(one), 'responses.default')).toMatchObject({
      responseParameters: {
        'method.response.header.Access-Control-Allow-Origin': `'${APP}'`,
        'method.response.header.Access-Control-Allow-Methods': expect.stringMatching(/^'GET(, [A-Z]+)*'$/),
        'method.response.header.Access-Control-Allow-Headers': expect.stringMatching(/^'Authorization/),
        'method.response.header.Access-Control-Max-Age': "'7200'",
      },
      responseTemplates: { 'application/json': '' },
    });
  });

  it('compare the origin with each of several, and write constants alone, without a body', () => {
    const response = at(integrationOf(two), 'responses.default') as {
      responseTemplates: Record<string, string>;
      responseParameters: object;
    };
    const template = response.responseTemplates['application/json'] ?? '';
    expect(template).toContain(`$headers.get("Origin") == "${APP}"`);
    expect(template).toContain(`#set($context.responseOverride.header.Access-Control-Allow-Origin = "${ADMIN}")`);
    expect(template.replaceAll(/#(?:set|if|elseif)\((?:[^()"]|"[^"]*"|\([^)]*\))*\)|#end/g, '')).toBe('');
    expect(Object.keys(response.responseParameters)).not.toContain(
      'method.response.header.Access-Control-Allow-Origin',
    );
    expect(response.responseParameters).toMatchObject({
      'method.response.header.Access-Control-Allow-Credentials': "'true'",
    });
  });

  it('have no limit of a usage plan or of anonymous requests', () => {
    expect(
      JSON.stringify([ofType(one, 'AWS::ApiGateway::UsagePlan'), ofType(one, 'AWS::ApiGateway::Stage')]),
    ).not.toContain('OPTIONS');
  });
});

describe('gateway responses', () => {
  it('have the one origin', () => {
    for (const [type, origin] of originsOf(one)) expect([type, origin]).toEqual([type, `'${APP}'`]);
  });

  it('have what the web ACL passes on, where there are several; what it blocks has the first', () => {
    for (const [type, origin] of originsOf(two)) {
      const expected = type === 'WAF_FILTERED' ? `'${APP}'` : 'method.request.header.x-amzn-waf-allowed-origin';
      expect([type, origin]).toEqual([type, expected]);
    }
  });
});

describe('the web ACL', () => {
  it('passes on exactly one origin of several: the equal one, or the first', () => {
    const [first, second, third] = rulesOf(two);
    const inserted = (rule: unknown) => at(rule, 'Action.Count.CustomRequestHandling.InsertHeaders');
    const equals = {
      ByteMatchStatement: {
        SearchString: ADMIN,
        PositionalConstraint: 'EXACTLY',
        FieldToMatch: { SingleHeader: { Name: 'origin' } },
      },
    };
    expect(inserted(first)).toEqual([{ Name: 'allowed-origin', Value: APP }]);
    expect(first).toMatchObject({ Priority: 0, Statement: { NotStatement: { Statement: equals } } });
    expect(inserted(second)).toEqual([{ Name: 'allowed-origin', Value: ADMIN }]);
    expect(second).toMatchObject({ Priority: 1, Statement: equals });
    expect(inserted(third)).toBeUndefined();
    const priorities = rulesOf(two).map(({ Priority }) => Priority);
    expect(priorities).toEqual(priorities.map((_, i) => i));
  });

  it('needs no rule for one origin, and sends it in its own responses', () => {
    expect(rulesOf(one).some(({ Name }) => Name.startsWith('origin-'))).toBe(false);
    expect(blockedOrigins(one).length).toBeGreaterThanOrEqual(3);
    expect(new Set([...blockedOrigins(one), ...blockedOrigins(two)])).toEqual(new Set([APP]));
  });

  it('does not log every request because a rule counts it', () => {
    const conditions = listAt(
      only(two, 'AWS::WAFv2::LoggingConfiguration'),
      'Properties.LoggingFilter.Filters.0.Conditions',
    );
    expect(conditions).not.toContainEqual({ ActionCondition: { Action: 'COUNT' } });
    expect(conditions).toContainEqual({ ActionCondition: { Action: 'BLOCK' } });
    expect(conditions).toContainEqual({
      LabelNameCondition: { LabelName: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body' },
    });
  });
});

describe('functions', () => {
  const variables = (template: Template) =>
    ofType(template, 'AWS::Lambda::Function').flatMap(
      ([, fn]) => at(fn, 'Properties.Environment.Variables.SECURE_API_CORS') ?? [],
    );

  it('of routes read the policy', () => {
    expect(variables(two).length).toBeGreaterThanOrEqual(2);
    for (const variable of variables(two)) {
      expect(JSON.parse(String(variable))).toEqual({
        origins: [APP, ADMIN],
        credentials: true,
        exposeHeaders: [
          'Retry-After',
          'RateLimit',
          'RateLimit-Policy',
          'X-Request-Id',
          'traceresponse',
          'x-amzn-RequestId',
          'WWW-Authenticate',
          'x-amzn-Remapped-WWW-Authenticate',
        ],
      });
    }
  });
});

it('functions contain its code only with the prop', () => {
  const has = (props: Parameters<typeof withSmall>[0]) =>
    withSmall(props, ({ bundles }) =>
      [...bundles.groups.values()].map(({ inputs }) =>
        Object.keys(inputs).some((path) => /runtime[/\\]cors\./.test(path)),
      ),
    );
  expect(has({ cors: { origins: [APP] } })).toEqual([true, true]);
  expect(has({})).toEqual([false, false]);
});

it('an API without the prop has nothing of it', () => {
  const template = smallTemplate();
  const rest = JSON.stringify(template).match(/SECURE_API_CORS|OPTIONS|allowed-origin|"options":/g);
  expect(rest).toBeNull();
  expect(JSON.stringify(pathsOf(template))).not.toContain('Access-Control');
});

it('an origin can be known only at deployment', () => {
  const origins = [`https://${Fn.importValue('Host')}`, APP];
  const template = smallTemplate({ cors: { origins } });
  const known = { 'Fn::Join': ['', ['https://', { 'Fn::ImportValue': 'Host' }]] };
  expect(at(rulesOf(template)[0], 'Action.Count.CustomRequestHandling.InsertHeaders.0.Value')).toEqual(known);
  const variable = at(
    ofType(template, 'AWS::Lambda::Function'),
    '1.1.Properties.Environment.Variables.SECURE_API_CORS',
  );
  expect(variable).toEqual({
    'Fn::Join': ['', ['{"origins":["https://', { 'Fn::ImportValue': 'Host' }, expect.stringMatching(/^","https/)]],
  });
  expect(JSON.stringify(integrationOf(template))).toContain('Fn::ImportValue');
});
