import { describe, expect, it } from 'vitest';
import type { WebAclModel } from '../../assembly/webAclModel.ts';
import { createWebAcl, webAclGaps } from '../../gateway/waf/webAcl.ts';
import { anApi, aRequestState, outcomeOf, type RequestParts } from '../support/gateway.ts';

type Json = Readonly<Record<string, unknown>>;

function aclOf(rules: readonly Json[], rest: Partial<WebAclModel> = {}): WebAclModel {
  return {
    name: 'acl',
    arn: 'arn',
    metricName: 'm',
    defaultAction: { Allow: {} },
    rules,
    customResponseBodies: {},
    ipSets: { 'arn:office': ['192.0.2.0/24', '2001:db8::/32'] },
    inspectedBodyBytes: 16_384,
    ...rest,
  };
}

function rule(Statement: Json, Action: Json = { Block: {} }, Priority = 0): Json {
  return { Name: `r${Priority}`, Priority, Statement, Action, VisibilityConfig: { MetricName: `metric-${Priority}` } };
}

function bytes(field: Json, SearchString: string, PositionalConstraint: string, Type = 'NONE'): Json {
  const TextTransformations = [{ Priority: 0, Type }];
  return { ByteMatchStatement: { FieldToMatch: field, SearchString, PositionalConstraint, TextTransformations } };
}

function waf(acl: WebAclModel, time = () => 0) {
  const metrics: string[] = [];
  const telemetry = {
    metric: (_: string, name: string, { WebACL, Rule, Region }: Readonly<Record<string, string>>) =>
      metrics.push(`${name} ${WebACL} ${Rule} ${Region}`),
    log: () => undefined,
  };
  return {
    step: createWebAcl(anApi({}, { webAcl: acl }), {
      telemetry,
      source: { name: 'APIGW', id: 'api' },
      region: 'eu-central-1',
      time,
    }),
    metrics,
  };
}

const uri = bytes({ UriPath: {} }, '/documents', 'STARTS_WITH');
const big = {
  SizeConstraintStatement: {
    FieldToMatch: { Body: { OversizeHandling: 'MATCH' } },
    ComparisonOperator: 'GT',
    Size: 10,
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
};
const regex = (RegexString: string): Json => ({
  RegexMatchStatement: {
    RegexString,
    FieldToMatch: { UriPath: {} },
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
});
const office = { IPSetReferenceStatement: { Arn: 'arn:office' } };
const never = bytes({ UriPath: {} }, '/nowhere', 'EXACTLY');
const not = (Statement: Json): Json => ({ NotStatement: { Statement } });
const managedLabel = { LabelMatchStatement: { Scope: 'LABEL', Key: 'awswaf:managed:aws:core:NoUserAgent' } };
const unknown = { GeoMatchStatement: { CountryCodes: ['XX'] } };

describe('a statement of the web ACL', () => {
  const cases: readonly [string, Json, RequestParts, boolean][] = [
    ['path prefix', uri, {}, true],
    ['path prefix of another path', uri, { path: '/me' }, false],
    ['exact method', bytes({ Method: {} }, 'TRACE', 'EXACTLY'), { method: 'TRACE' }, true],
    [
      'lower-cased header',
      bytes({ SingleHeader: { Name: 'User-Agent' } }, 'bot', 'CONTAINS', 'LOWERCASE'),
      { headers: { 'User-Agent': 'BOT/1' } },
      true,
    ],
    ['absent header', bytes({ SingleHeader: { Name: 'x' } }, '', 'CONTAINS'), {}, false],
    ['query suffix', bytes({ QueryString: {} }, '=2', 'ENDS_WITH'), { query: { a: ['1', '2'] } }, true],
    ['body over a size', big, { body: 'x'.repeat(11) }, true],
    ['body under a size', big, { body: 'x' }, false],
    [
      'body larger than is inspected',
      bytes({ Body: { OversizeHandling: 'MATCH' } }, 'zz', 'CONTAINS'),
      { body: 'x'.repeat(16_385) },
      true,
    ],
    ['and', { AndStatement: { Statements: [uri, big] } }, {}, false],
    ['or with an unsupported one', { OrStatement: { Statements: [unknown, uri] } }, {}, true],
    ['not', { NotStatement: { Statement: uri } }, { path: '/me' }, true],
    ['not of an unsupported one', { NotStatement: { Statement: unknown } }, {}, false],
    [
      'not of an or that an unsupported one may decide',
      not({ OrStatement: { Statements: [unknown, never] } }),
      {},
      false,
    ],
    ['not of an or that is decided', not({ OrStatement: { Statements: [unknown, uri] } }), {}, false],
    [
      'not of an and that an unsupported one may decide',
      not({ AndStatement: { Statements: [uri, unknown] } }),
      {},
      false,
    ],
    ['not of an and that is decided', not({ AndStatement: { Statements: [unknown, never] } }), {}, true],
    ['not of a label that a managed group may have put', not(managedLabel), {}, false],
    ['escaped path', bytes({ UriPath: {} }, '/documents/7', 'EXACTLY', 'URL_DECODE'), { path: '/d%6Fcuments/7' }, true],
    [
      'path with detours',
      bytes({ UriPath: {} }, '/a/b/', 'EXACTLY', 'NORMALIZE_PATH'),
      { path: '//a/x/.././b/' },
      true,
    ],
    ['pattern', regex('^/documents/[^/]+$'), {}, true],
    ['pattern that does not match', regex('^/documents$'), {}, false],
    ['invalid pattern', regex('('), {}, false],
    ['address in a set', office, {}, true],
    ['IPv4 address in IPv6 form', office, { sourceIp: '::ffff:192.0.2.9' }, true],
    ['IPv6 address in a set', office, { sourceIp: '2001:db8:1::1' }, true],
    ['address in no set', office, { sourceIp: '198.51.100.1' }, false],
    ['set of another stack', { IPSetReferenceStatement: { Arn: 'arn:other' } }, {}, false],
    ['unsupported transformation', bytes({ UriPath: {} }, '/', 'CONTAINS', 'CMD_LINE'), {}, false],
  ];
  it.each(cases)('matches or not: %s', async (_, statement, request, blocked) => {
    const { step } = waf(aclOf([rule(statement)]));
    expect(await outcomeOf(step(aRequestState(request)))).toBe(blocked ? 'WAF_FILTERED' : 'pass');
  });
});

describe('the web ACL', () => {
  it('blocks an address above its rate, counts others separately, and starts again after the window', async () => {
    let now = 0;
    const limit = { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 10, EvaluationWindowSec: 60 } };
    const { step } = waf(aclOf([rule(limit)]), () => now);
    for (let i = 0; i < 10; i += 1) expect(await outcomeOf(step(aRequestState()))).toBe('pass');
    expect(await outcomeOf(step(aRequestState()))).toBe('WAF_FILTERED');
    expect(await outcomeOf(step(aRequestState({ sourceIp: '192.0.2.2' })))).toBe('pass');
    now = 30_000;
    expect(await outcomeOf(step(aRequestState()))).toBe('WAF_FILTERED');
    now = 61_000;
    expect(await outcomeOf(step(aRequestState()))).toBe('pass');
  });

  const NONE = [{ Priority: 0, Type: 'NONE' }];
  const limitedBy = (...CustomKeys: Json[]) =>
    rule({ RateBasedStatement: { AggregateKeyType: 'CUSTOM_KEYS', Limit: 1, CustomKeys } });
  const token = (value: string) => ({ headers: { Authorization: value } });

  it.each<[string, Json, readonly RequestParts[], readonly boolean[]]>([
    [
      'a header, hashed',
      { Header: { Name: 'authorization', TextTransformations: [{ Priority: 0, Type: 'MD5' }] } },
      [token('a'), token('b'), token('a'), { ...token('a'), sourceIp: '192.0.2.7' }],
      [false, false, true, true],
    ],
    ['the method', { HTTPMethod: {} }, [{ method: 'PUT' }, {}, { method: 'PUT' }], [false, false, true]],
    ['the address', { IP: {} }, [{}, { sourceIp: '192.0.2.7' }, {}], [false, false, true]],
    [
      'a cookie',
      { Cookie: { Name: 'id', TextTransformations: NONE } },
      ['x=1; id=7', 'id=8', 'id=7'].map((cookie) => ({ headers: { Cookie: cookie } })),
      [false, false, true],
    ],
    [
      'a query argument',
      { QueryArgument: { Name: 'q', TextTransformations: NONE } },
      [{ query: { q: ['1'] } }, { query: { q: ['2'] } }, { query: { q: ['1'], r: ['3'] } }],
      [false, false, true],
    ],
    [
      'the query',
      { QueryString: { TextTransformations: NONE } },
      [{ query: { q: ['1'] } }, { query: { q: ['1'], r: ['2'] } }, { query: { q: ['1'] } }],
      [false, false, true],
    ],
    [
      'the path',
      { UriPath: { TextTransformations: [{ Priority: 0, Type: 'URL_DECODE' }] } },
      [{ path: '/a' }, { path: '/b' }, { path: '/%61' }],
      [false, false, true],
    ],
  ])('counts by %s', async (_, key, calls, blocked) => {
    const { step } = waf(aclOf([limitedBy(key)]));
    const outcomes = await Promise.all(calls.map((request) => outcomeOf(step(aRequestState(request)))));
    expect(outcomes).toEqual(blocked.map((is) => (is ? 'WAF_FILTERED' : 'pass')));
  });

  it('counts by several keys together, and not a request that is missing one', async () => {
    const byToken = { Header: { Name: 'authorization', TextTransformations: NONE } };
    const { step } = waf(aclOf([limitedBy(byToken, { HTTPMethod: {} })]));
    const calls = [token('a'), { ...token('a'), method: 'PUT' }, {}, {}, {}, token('a')];
    const outcomes = await Promise.all(calls.map((request) => outcomeOf(step(aRequestState(request)))));
    expect(outcomes).toEqual(['pass', 'pass', 'pass', 'pass', 'pass', 'WAF_FILTERED']);
  });

  it('reports keys that it cannot count by', () => {
    const acl = aclOf([limitedBy({ LabelNamespace: { Namespace: 'a:' } }), limitedBy({ ForwardedIP: {} })]);
    expect(webAclGaps(acl).map(({ detail }) => detail)).toEqual([
      expect.stringContaining('RateBasedStatement by CUSTOM_KEYS, with these keys, is not supported'),
      expect.stringContaining('RateBasedStatement by CUSTOM_KEYS'),
    ]);
  });

  it('counts only what the scope-down matches', async () => {
    const limit = { RateBasedStatement: { AggregateKeyType: 'IP', Limit: 1, ScopeDownStatement: uri } };
    const { step } = waf(aclOf([rule(limit)]));
    const paths = ['/me', '/me', '/documents', '/documents'];
    const outcomes = await Promise.all(paths.map((path) => outcomeOf(step(aRequestState({ path })))));
    expect(outcomes).toEqual(['pass', 'pass', 'pass', 'WAF_FILTERED']);
  });

  it('inspects as much of a body as the web ACL sets', async () => {
    const last = bytes({ Body: { OversizeHandling: 'CONTINUE' } }, 'z', 'ENDS_WITH');
    const state = () => aRequestState({ body: `${'x'.repeat(20_000)}z` });
    expect(await outcomeOf(waf(aclOf([rule(last)])).step(state()))).toBe('pass');
    const more = aclOf([rule(last)], { inspectedBodyBytes: 32_768 });
    expect(await outcomeOf(waf(more).step(state()))).toBe('WAF_FILTERED');
  });

  it('decides by an earlier allow, and not by a count', async () => {
    const { step, metrics } = waf(
      aclOf([rule(uri, { Block: {} }, 2), rule(uri, { Allow: {} }, 1), rule(uri, { Count: {} }, 0)]),
    );
    const state = aRequestState();
    expect(await outcomeOf(step(state))).toBe('pass');
    expect(state.wafAction).toBe('ALLOW');
    expect(metrics).toEqual([
      'CountedRequests m metric-0 eu-central-1',
      'AllowedRequests m metric-1 eu-central-1',
      'AllowedRequests m ALL eu-central-1',
    ]);
  });

  it('sends the custom response of a block', async () => {
    const CustomResponse = {
      ResponseCode: '429',
      CustomResponseBodyKey: 'slow',
      ResponseHeaders: [{ Name: 'Retry-After', Value: '60' }],
    };
    const customResponseBodies = { slow: { contentType: 'APPLICATION_JSON', content: '{}' } };
    const { step, metrics } = waf(aclOf([rule(uri, { Block: { CustomResponse } })], { customResponseBodies }));
    const state = aRequestState();
    expect(await step(state)).toEqual({
      kind: 'response',
      status: 429,
      headers: [
        ['content-type', 'application/json'],
        ['Retry-After', '60'],
      ],
      body: '{}',
    });
    expect(state.wafAction).toBe('BLOCK');
    expect(metrics).toContain('BlockedRequests m ALL eu-central-1');
  });

  it('blocks when that is the default action', async () => {
    const { step, metrics } = waf(aclOf([], { defaultAction: { Block: {} } }));
    expect(await outcomeOf(step(aRequestState()))).toBe('WAF_FILTERED');
    expect(metrics[0]).toBe('BlockedRequests m Default_Action eu-central-1');
  });

  it('reports what is not emulated, but leaves managed rule groups to the assembly reader', () => {
    const acl = aclOf([rule(unknown), rule({ ManagedRuleGroupStatement: {} }, {}, 1), rule(uri, { Captcha: {} }, 2)]);
    expect(webAclGaps(acl).map(({ detail }) => detail)).toEqual([
      expect.stringContaining('rule r0: GeoMatchStatement'),
      expect.stringContaining('rule r2: action Captcha'),
    ]);
  });

  it('inserts headers into requests that go on, in place of those of a client and of earlier rules', () => {
    const insert = (Value: string) => ({ CustomRequestHandling: { InsertHeaders: [{ Name: 'origin', Value }] } });
    const sent = { headers: { 'X-Amzn-Waf-Origin': 'forged', Other: 'stays' } };
    const after = (rules: readonly Json[], rest: Partial<WebAclModel> = {}) => {
      const state = aRequestState(sent);
      waf(aclOf(rules, rest)).step(state);
      return [state.request.headers['x-amzn-waf-origin'], state.request.rawHeaders, state.request.headers['other']];
    };
    const inserted = (value: string) => [
      [value],
      [
        ['Other', 'stays'],
        ['x-amzn-waf-origin', value],
      ],
      ['stays'],
    ];
    expect(after([rule(uri, { Count: insert('a') })])).toEqual(inserted('a'));
    expect(after([rule(uri, { Count: insert('a') }), rule(uri, { Count: insert('b') }, 1)])).toEqual(inserted('b'));
    expect(after([rule(uri, { Allow: insert('a') })])).toEqual(inserted('a'));
    expect(after([], { defaultAction: { Allow: insert('a') } })).toEqual(inserted('a'));
    const asSent = [['forged'], Object.entries(sent.headers), ['stays']];
    expect(after([rule(never, { Count: insert('a') })])).toEqual(asSent);
    expect(after([rule(uri, { Count: insert('a') }), rule(uri, { Block: {} }, 1)])).toEqual(asSent);
  });
});
