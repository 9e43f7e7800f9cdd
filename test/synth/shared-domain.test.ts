import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { describe, expect, it } from 'vitest';
import { SecureApi, type SecureApiProps, SharedDomain } from '../../lib/construct/index.ts';
import { writeHandlers } from '../support/generated.ts';
import { at, ofType, oidc, only, propertiesOf, smallApi, withFolder } from './support.ts';

const zone = HostedZone.fromHostedZoneAttributes(new Stack(), 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
type Domain = SecureApiProps['domain'];

describe('a shared domain', () => {
  const shared = (
    props: (domain: SharedDomain) => readonly Partial<SecureApiProps>[],
    use: (stack: Stack) => void = () => undefined,
  ) =>
    withFolder((folder) => {
      const api = smallApi();
      writeHandlers(api, folder);
      // Four APIs with their alarms are more than the 500 resources of a stack.
      const stack = new Stack(new App({ context: { '@aws-cdk/core:stackResourceLimit': 0 } }), 'Stack');
      const domain = new SharedDomain(stack, 'Domain', { name: 'api.example.com', zone });
      for (const [i, more] of props(domain).entries()) {
        new SecureApi(stack, `Api${i}`, { definition: api, handlers: folder, identity: oidc(), ...more });
      }
      use(stack);
      return Template.fromStack(stack);
    });

  it('sends requests by base path and by header to each API: headers first, then longer paths', () => {
    const template = shared((domain) => [
      { domain: { shared: domain } },
      { domain: { shared: domain, basePath: 'shop' } },
      { domain: { shared: domain, basePath: 'shop/orders' } },
      { domain: { shared: domain, basePath: 'shop', header: { name: 'x-api-version', value: '2' } } },
    ]);
    expect(only(template, 'AWS::ApiGateway::DomainName').Properties).toMatchObject({
      RoutingMode: 'ROUTING_RULE_ONLY',
    });
    template.resourceCountIs('AWS::ApiGateway::BasePathMapping', 0);
    template.resourceCountIs('AWS::CertificateManager::Certificate', 1);
    const rules = propertiesOf(template, 'AWS::ApiGatewayV2::RoutingRule');
    const byPriority = rules.toSorted((one, other) => Number(one['Priority']) - Number(other['Priority']));
    expect(byPriority.map(({ Conditions }) => Conditions)).toEqual([
      [
        { MatchBasePaths: { AnyOf: ['shop'] } },
        { MatchHeaders: { AnyOf: [{ Header: 'x-api-version', ValueGlob: '2' }] } },
      ],
      [{ MatchBasePaths: { AnyOf: ['shop/orders'] } }],
      [{ MatchBasePaths: { AnyOf: ['shop'] } }],
      [],
    ]);
    for (const { Actions } of rules) expect(Actions).toMatchObject([{ InvokeApi: { StripBasePath: true } }]);
    const apis = propertiesOf(template, 'AWS::ApiGateway::RestApi');
    expect(apis.map(({ DisableExecuteApiEndpoint }) => DisableExecuteApiEndpoint)).toEqual([true, true, true, true]);
    expect(JSON.stringify(apis[2])).toContain('/shop/orders/.well-known/oauth-protected-resource');
    const basePaths = ofType(template, 'AWS::Lambda::Function')
      .filter(([id]) => id.includes('Authorizer') || id.includes('Handlers'))
      .map(([id, fn]) => `${id.slice(0, 4)} ${at(fn, 'Properties.Environment.Variables.SECURE_API_BASE_PATH')}`);
    expect([...new Set(basePaths)].sort()).toEqual(['Api0 undefined', 'Api1 shop', 'Api2 shop/orders', 'Api3 shop']);
  });

  const wrong = (more: object) => () =>
    shared((domain) => [{ domain: { shared: domain, ...more } as unknown as NonNullable<Domain> }]);
  it.each([
    '/v1',
    'v1/',
    'V1',
    '',
    'a//b',
    '../v1',
    'ping',
    'v1?',
    'a'.repeat(129),
    Array(9).fill('a').join('/'),
    'v 1',
  ])('rejects the base path %j', (basePath) => {
    expect(wrong({ basePath })).toThrow(/^domain-invalid at domain: .*base path/);
  });
  it.each(['Authorization', 'authorization', 'host', 'cookie', 'x-amz-date', 'X-Version', 'x version', ''])(
    'rejects the header %j',
    (name) => {
      expect(wrong({ header: { name, value: '2' } })).toThrow(/^domain-invalid at domain: .*header/);
    },
  );
  it.each(['*', '', '2*', 'a b', 'a'.repeat(65)])('rejects the value %j of a header', (value) => {
    expect(wrong({ header: { name: 'x-version', value } })).toThrow(/^domain-invalid at domain: .*value/);
  });

  it('has outputs with the URL of each API: with its base path, and the same for versions by header', () => {
    const header = { name: 'x-api-version', value: '2' };
    const template = shared((domain) => [
      { domain: { shared: domain } },
      { domain: { shared: domain, basePath: 'shop/orders' } },
      { domain: { shared: domain, basePath: 'shop/orders', header } },
    ]);
    const urls = Object.values(template.findOutputs('*')).filter(({ Description }) => /^URL of/.test(Description));
    const name = { Ref: expect.stringMatching(/^Domain/) };
    expect(urls.map(({ Value }) => Value['Fn::Join'][1])).toEqual([
      ['https://', name, '/'],
      ['https://', name, '/shop/orders/'],
      ['https://', name, '/shop/orders/'],
    ]);
  });

  it('warns of a base path that a path of the definition begins with, and shows the URL', () => {
    shared(
      (domain) => {
        return [
          { domain: { shared: domain, basePath: 'shop/things' } },
          { domain: { shared: domain, basePath: 'things/v1' } },
          { domain: { shared: domain } },
        ];
      },
      (stack) => {
        const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('domain.basePath'));
        expect(warnings.map(({ id, entry }) => [id, entry.data])).toEqual([
          ['/Stack/Api0', expect.stringContaining('https://api.example.com/shop/things/things; expected')],
        ]);
      },
    );
  });

  it('gives the longest base path a priority of API Gateway, with and without a header', () => {
    const basePath = Array(8).fill('a').join('/');
    const header = { name: 'x-api-version', value: '2' };
    const template = shared((domain) => [
      { domain: { shared: domain, basePath } },
      { domain: { shared: domain, basePath, header } },
    ]);
    const [path, both] = propertiesOf(template, 'AWS::ApiGatewayV2::RoutingRule').map(({ Priority }) =>
      Number(Priority),
    );
    for (const [priority, start] of [
      [path, 420_000],
      [both, 20_000],
    ]) {
      expect(priority).toBeGreaterThanOrEqual(start ?? 0);
      expect(priority).toBeLessThan((start ?? 0) + 10_000);
    }
  });

  it('keeps the priority of each API when another one is added before it or removed, because two rules cannot share one', () => {
    const prioritiesOf = (...basePaths: readonly string[]) =>
      propertiesOf(
        shared((domain) => basePaths.map((basePath) => ({ domain: { shared: domain, basePath } }))),
        'AWS::ApiGatewayV2::RoutingRule',
      ).map(({ Conditions, Priority }) => [JSON.stringify(Conditions), Priority]);
    const both = prioritiesOf('shop', 'orders');
    expect(new Set(both.map(([, priority]) => priority)).size).toBe(2);
    expect(prioritiesOf('orders')).toEqual([both[1]]);
    expect(prioritiesOf('orders', 'shop')).toEqual(both.toReversed());
  });

  it.each<[object, RegExp]>([
    [{ tls: 'bogus' }, /^option-invalid at tls/],
    [{ mtls: { trustStore: 'a.pem' } }, /^option-invalid at mtls/],
    [{ alternativeNames: ['a.example.com'] }, /^option-invalid at alternativeNames/],
  ])('rejects the options %j', (options, message) => {
    const given = { name: 'api.example.com', zone, ...options };
    expect(() => new SharedDomain(new Stack(), 'Domain', given)).toThrow(message);
  });

  it('rejects two APIs with the same conditions, and an API with another TLS policy', () => {
    expect(() => shared((domain) => [{ domain: { shared: domain } }, { domain: { shared: domain } }])).toThrow(
      /^domain-invalid .*two APIs with no base path/,
    );
    expect(() => shared((domain) => [{ domain: { shared: domain }, tls: 'compatible' }])).toThrow(
      /^domain-invalid at tls: found 'compatible' on a shared domain with 'modern'/,
    );
  });
});
