import type { App } from 'aws-cdk-lib';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import { type Api, defineApi, defineRoles, get, object, post, type RouteSpec } from '../../lib/definition/index.ts';
import { loadAssembly } from '../../local/assembly/load.ts';
import { createWebAcl } from '../../local/gateway/waf/webAcl.ts';
import { aRequestState, type RequestParts } from '../../local/test/support/gateway.ts';
import { at, listAt, only, smallTemplate, withSmall } from './support.ts';

describe('the web ACL of an API with public and guessed-at routes', () => {
  const done = { responses: { 200: { description: 'Done' } } };
  const guarded = (maxBodyBytes?: number) =>
    defineApi(
      {
        name: 'guarded',
        version: '1.0.0',
        roles: defineRoles({ reader: { can: ['thing:read'] } }, { reviewed: '2026-11-01' }),
        tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
        anonymous: { rate: 4, burst: 8, perAddress: 100 },
        routes: {
          status: get('/status', { public: 'liveness probe', ...done }),
          share: get('/shares/{id}', {
            public: 'shared by link',
            path: object({ id: Type.String({ maxLength: 9 }) }),
            ...done,
          }),
          logIn: post('/login', {
            public: 'callers have no token yet',
            flood: { requests: 20, perSeconds: 60 },
            body: object({ name: Type.String({ maxLength: 9 }) }),
            maxBodyBytes,
            ...done,
          }),
          list: get('/things', { permission: 'thing:read', ...done }),
        },
      },
      { today: new Date('2026-11-10T00:00:00Z') },
    ) as unknown as Api;

  /** The web ACL as the local gateway runs it; gives what becomes of a request. */
  const webAcl = (props: SecureApiProps['waf'] = {}, definition = guarded()) => {
    const model = withSmall({ definition, waf: props }, (_, stack) =>
      loadAssembly((stack.node.root as App).synth().directory, { secretValue: () => 'k'.repeat(40) }),
    );
    const [api] = model.apis;
    if (api === undefined) return expect.fail('no API');
    const telemetry = { metric: () => undefined, log: () => undefined };
    const stage = createWebAcl(api, {
      telemetry,
      source: { name: 'APIGW', id: 'api' },
      region: model.region,
      time: () => 0,
    });
    return async (call: RequestParts): Promise<string> => {
      const outcome = await stage(aRequestState({ method: 'GET', path: '/things', ...call }));
      if (outcome === undefined) return 'pass';
      return outcome.kind === 'rejection' ? outcome.type : `${outcome.status} ${JSON.parse(String(outcome.body)).code}`;
    };
  };
  const repeated = async (send: (call: RequestParts) => Promise<string>, times: number, call: RequestParts) => {
    let last = '';
    for (let n = 0; n < times; n += 1) last = await send(call);
    return last;
  };
  const LOGIN = { method: 'POST', path: '/login' };

  it('limits an address on the guessed-at route, however its path is written, and nowhere else', async () => {
    const send = webAcl();
    expect(await repeated(send, 20, LOGIN)).toBe('pass');
    for (const path of ['/login', '/live/login', '//login/', '/l%6Fgin', '/./login']) {
      expect(await send({ method: 'POST', path })).toBe('429 flood');
    }
    expect(await send({ ...LOGIN, sourceIp: '192.0.2.99' })).toBe('pass');
    expect(await send({ method: 'GET', path: '/login' })).toBe('pass');
    expect(await send({ method: 'POST', path: '/login/again' })).toBe('pass');
  });

  it('limits an address over all public routes together, and not on others', async () => {
    const send = webAcl();
    expect(await repeated(send, 100, { path: '/status' })).toBe('pass');
    expect(await repeated(send, 20, { path: '/shares/7' })).toBe('429 flood');
    expect(await send({ path: '/status' })).toBe('429 flood');
    expect(await send({ path: '/things' })).toBe('pass');
  });

  it('limits a token over all addresses', async () => {
    const send = webAcl({ tokenLimit: 10 });
    const from = (n: number, token: string) => ({
      sourceIp: `192.0.2.${n}`,
      headers: { Authorization: `Bearer ${token}` },
    });
    for (let n = 0; n < 10; n += 1) expect(await send(from(n, 'a'))).toBe('pass');
    expect(await send(from(11, 'a'))).toBe('429 flood');
    expect(await send(from(11, 'b'))).toBe('pass');
  });

  it('rejects bodies where none belongs, and those above the largest that it can inspect', async () => {
    const large = { body: 'x'.repeat(2_000) };
    const send = webAcl();
    expect(await send({ ...large })).toBe('413 payload-too-large');
    expect(await send({ method: 'DELETE', ...large })).toBe('413 payload-too-large');
    expect(await send({ method: 'DELETE', body: '{}' })).toBe('pass');
    expect(await send({ ...LOGIN, body: 'x'.repeat(65_536) })).toBe('pass');
    expect(await send({ ...LOGIN, body: 'x'.repeat(65_537) })).toBe('413 payload-too-large');
    const wide = webAcl({}, guarded(65_537));
    expect(await wide({ ...LOGIN, body: 'x'.repeat(100_000) })).toBe('pass');
    const strict = webAcl({}, guarded(1_500));
    expect(await strict({ ...LOGIN, body: 'x'.repeat(1_500) })).toBe('pass');
    expect(await strict({ ...LOGIN, body: 'x'.repeat(1_501) })).toBe('413 payload-too-large');
  });

  it.each([
    [1_000, 'KB_16'],
    [16_385, 'KB_32'],
    [65_536, 'KB_64'],
    [1_000_000, 'KB_64'],
  ])('inspects as much as the routes take: of %i bytes %s', (maxBodyBytes, limit) => {
    const { Properties } = only(smallTemplate({ definition: guarded(maxBodyBytes) }), 'AWS::WAFv2::WebACL');
    expect(at(Properties, 'AssociationConfig.RequestBody.API_GATEWAY.DefaultSizeInspectionLimit')).toBe(limit);
  });

  describe('with a route that takes files', () => {
    const taking = (maxBodyBytes?: number) => {
      const { routes, ...rest } = guarded(maxBodyBytes);
      const upload = {
        field: 'file',
        maxBytes: 1_000_000,
        maxFiles: 1,
        maxPixels: 1,
        types: {},
        maxFormBytes: 1_001_280,
      };
      const { list } = routes;
      if (list === undefined) return expect.fail();
      return {
        ...rest,
        routes: { ...routes, attach: { ...list, id: 'attach', method: 'POST', path: '/things/{id}/files', upload } },
      } as Api;
    };
    const large = { method: 'POST', body: 'x'.repeat(9_000) };

    it('lets its files pass, however large they are, and rejects such bodies elsewhere', async () => {
      const send = webAcl({}, taking(1_500));
      expect(await send({ ...large, path: '/things/7/files' })).toBe('pass');
      expect(await send({ ...large, path: '/live/things/7/files' })).toBe('pass');
      expect(await send({ ...large, path: '/login' })).toBe('413 payload-too-large');
      expect(await send({ ...large, path: '/things/7/files/8' })).toBe('413 payload-too-large');
      expect(await send({ ...large, method: 'GET', path: '/things/7/files' })).toBe('413 payload-too-large');
    });

    it('blocks what the groups find in a body everywhere but in its files', () => {
      const rules = listAt(only(smallTemplate({ definition: taking() }), 'AWS::WAFv2::WebACL').Properties, 'Rules');
      const counted = rules.flatMap((rule) =>
        listAt(rule, 'Statement.ManagedRuleGroupStatement.RuleActionOverrides').map((one) => String(at(one, 'Name'))),
      );
      const attacks = counted.filter((name) => !name.startsWith('SizeRestrictions_'));
      expect(attacks).toEqual(expect.arrayContaining(['CrossSiteScripting_BODY', 'Log4JRCE_BODY', 'SQLi_BODY']));
      const last = rules.at(-1);
      const [found, elsewhere] = listAt(last, 'Statement.AndStatement.Statements');
      const labels = listAt(found, 'OrStatement.Statements').map((one) => String(at(one, 'LabelMatchStatement.Key')));
      expect(labels.map((label) => label.replace(/^.*:(\w+)_Body$/, '$1_BODY'))).toEqual(attacks);
      expect(at(elsewhere, 'NotStatement.Statement')).toBeDefined();
      expect(at(last, 'Action.Block')).toBeDefined();
      expect(at(last, 'Priority')).toBe(rules.length - 1);
    });

    it('has no such rule for groups that are left out, and none where no route takes files', () => {
      const names = (definition: Api, without = {}) =>
        listAt(only(smallTemplate({ definition, waf: { without } }), 'AWS::WAFv2::WebACL').Properties, 'Rules').map(
          (rule) => at(rule, 'Name'),
        );
      expect(names(guarded())).not.toContain('attacks-in-bodies');
      const reason = 'another firewall stands before it';
      const none = { common: reason, knownBadInputs: reason, sqlInjection: reason };
      expect(names(taking(), none)).not.toContain('attacks-in-bodies');
    });
  });

  it('lets only listed addresses in, and denied ones not at all', async () => {
    const send = webAcl({ addresses: { allow: ['192.0.2.0/24', '2001:db8::/32'], deny: ['192.0.2.66'] } });
    const from = (sourceIp: string) => send({ sourceIp });
    expect(await Promise.all(['192.0.2.1', '2001:db8::7'].map(from))).toEqual(['pass', 'pass']);
    expect(await Promise.all(['192.0.2.66', '198.51.100.1'].map(from))).toEqual(['WAF_FILTERED', 'WAF_FILTERED']);
  });

  it('asks WAF for the country of an address', () => {
    const statements = (waf: SecureApiProps['waf']) =>
      at(only(smallTemplate({ waf }), 'AWS::WAFv2::WebACL').Properties, 'Rules.0.Statement');
    expect(statements({ countries: { deny: ['KP'] } })).toEqual({ GeoMatchStatement: { CountryCodes: ['KP'] } });
    expect(statements({ countries: { allow: ['DE', 'FR'] } })).toEqual({
      NotStatement: { Statement: { GeoMatchStatement: { CountryCodes: ['DE', 'FR'] } } },
    });
  });

  it.each([
    ['a country that is none', { countries: { deny: ['Germany'] } }, /option-invalid at waf\.countries\.deny/],
    ['a list of no countries', { countries: { allow: [] } }, /option-invalid at waf\.countries\.allow.*empty/],
    ['an address that is none', { addresses: { deny: ['192.0.2.300'] } }, /option-invalid at waf\.addresses\.deny/],
    ['all addresses', { addresses: { allow: ['0.0.0.0/0'] } }, /option-invalid at waf\.addresses\.allow/],
  ])('rejects %s', (_, props, message) => {
    expect(() => smallTemplate({ waf: props as SecureApiProps['waf'] })).toThrow(message);
  });

  it('keeps within the capacity of patterns when there are many public routes', () => {
    const routes = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `open${i}`,
        get(`/public-resource-${i}`, { public: 'open data', ...done }),
      ]),
    );
    const definition = { ...guarded(), ...defineOpen(routes) } as Api;
    const text = JSON.stringify(only(smallTemplate({ definition }), 'AWS::WAFv2::WebACL').Properties);
    const patterns = [...text.matchAll(/"RegexString":"([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(patterns.filter((pattern) => pattern.includes('resource')).length).toBeGreaterThan(1);
    for (const pattern of patterns) expect(pattern.length).toBeLessThanOrEqual(512);
  });

  function defineOpen(routes: Readonly<Record<string, RouteSpec>>) {
    const { name, version, roles, tiers } = guarded();
    const anonymous = { rate: 4, burst: 8 };
    return defineApi({ name, version, roles, tiers, anonymous, routes } as never, {
      today: new Date('2026-11-10T00:00:00Z'),
    });
  }
});
