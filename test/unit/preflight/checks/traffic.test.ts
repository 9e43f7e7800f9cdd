import { describe, expect, it } from 'vitest';
import {
  checkAccountRate,
  checkCodeStorage,
  checkConcurrency,
  checkLogRole,
  checkThrottles,
} from '../../../../lib/preflight/checks/traffic.ts';
import { contextOf, type Draft } from '../../../support/preflightFacts.ts';

const settings = (rate = 10_000, burst = 5_000, logRole?: string) => ({ rate, burst, logRole });
const stage = (properties: object): Draft => ['AWS::ApiGateway::Stage', properties];
const throttled = (ThrottlingRateLimit: number, ThrottlingBurstLimit = 1): Draft =>
  stage({ MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit, ThrottlingBurstLimit }] });
const tier = (RateLimit: number, ApiStages: readonly object[] = []): Draft => [
  'AWS::ApiGateway::UsagePlan',
  { Throttle: { RateLimit, BurstLimit: 1 }, ApiStages },
];

describe('the role for logs', () => {
  it.each([
    ['an access log', stage({ AccessLogSetting: { Format: '{}' } }), ['log-role-missing']],
    ['an execution log', stage({ MethodSettings: [{ LoggingLevel: 'ERROR' }] }), ['log-role-missing']],
    ['execution logs that are off', stage({ MethodSettings: [{ LoggingLevel: 'OFF' }] }), []],
    ['no log', stage({}), []],
  ])('is needed by a stage with %s', (_, draft, codes) => {
    expect(checkLogRole(contextOf([draft]), settings()).map(({ code }) => code)).toEqual(codes);
  });

  it('can be one that the stack sets itself', () => {
    const own: Draft = ['AWS::ApiGateway::Account', {}];
    expect(checkLogRole(contextOf([stage({ AccessLogSetting: {} }), own]), settings())).toEqual([]);
  });

  it('is made by commands for the partition of the account', () => {
    const context = contextOf([stage({ AccessLogSetting: {} })], { partition: 'aws-cn', region: 'cn-north-1' });
    const [finding] = checkLogRole(context, settings());
    expect(finding?.fix).toContain('arn:aws-cn:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs');
    expect(finding?.fix).not.toContain('arn:aws:');
  });
});

describe('the concurrency of Lambda', () => {
  const reserving = (ReservedConcurrentExecutions?: number): Draft => [
    'AWS::Lambda::Function',
    { ReservedConcurrentExecutions },
  ];
  const of = (drafts: readonly Draft[], concurrency: number, unreserved: number, released = 0) =>
    checkConcurrency(contextOf(drafts), { concurrency, unreserved, codeUsed: 0, codeLimit: 1 }, released)[0]?.code;

  it.each([
    ['a new account', [reserving()], 10, 10, 'concurrency-low'],
    ['one below the minimum', [reserving()], 99, 99, 'concurrency-low'],
    ['the minimum', [reserving()], 100, 100, 'ok'],
    ['a reservation that leaves the minimum', [reserving(900)], 1_000, 1_000, 'ok'],
    ['a reservation that leaves one less', [reserving(901)], 1_000, 1_000, 'concurrency-reserved'],
    ['reservations of several functions', [reserving(450), reserving(451)], 1_000, 1_000, 'concurrency-reserved'],
    ['reservations of other stacks', [reserving(1)], 1_000, 100, 'concurrency-reserved'],
    ['a reservation of 0, which stops a function', [reserving(0)], 1_000, 1_000, 'ok'],
  ])('with %s', (_, drafts, concurrency, unreserved, code) => {
    expect(of(drafts, concurrency, unreserved)).toBe(code);
  });

  it('does not count twice what deployed functions of the stack have reserved', () => {
    expect(of([reserving(800)], 1_000, 200, 800)).toBe('ok');
    expect(of([reserving(800)], 1_000, 200, 0)).toBe('concurrency-reserved');
  });
});

describe('the storage of Lambda', () => {
  it.each([
    [90, []],
    [91, ['quota-near']],
  ])('with %i of 100 bytes used', (codeUsed, codes) => {
    const limits = { concurrency: 1_000, unreserved: 1_000, codeUsed, codeLimit: 100 };
    expect(checkCodeStorage(contextOf(), limits).map(({ code }) => code)).toEqual(codes);
  });
});

describe('the throttle of the account', () => {
  const of = (drafts: readonly Draft[], rate = 10_000, burst = 5_000) =>
    checkThrottles(contextOf(drafts), settings(rate, burst))[0];

  it.each([
    ['a stage at it', [throttled(10_000)], 'ok'],
    ['a stage above it', [throttled(10_001)], 'throttle-above-account'],
    ['a burst at it', [throttled(1, 5_000)], 'ok'],
    ['a burst above it', [throttled(1, 5_001)], 'throttle-above-account'],
    ['a tier above it', [tier(10_001)], 'throttle-above-account'],
    [
      'a route above it',
      [tier(1, [{ Throttle: { '/a/GET': { RateLimit: 20_000, BurstLimit: 1 } } }])],
      'throttle-above-account',
    ],
    ['tiers at four fifths together', [tier(4_000), tier(4_000)], 'ok'],
    ['tiers above four fifths together', [tier(4_000), tier(4_001)], 'tiers-above-share'],
  ])('with %s', (_, drafts, code) => {
    expect(of(drafts)?.code).toBe(code);
  });

  it('names every limit above it, and both ways out', () => {
    const finding = of([throttled(10_000, 5_000), tier(3_000)], 2_500, 1_250);
    expect(finding?.found).toBe('R0 * /* 10000 (burst 5000), R1 3000 (burst 1)');
    expect(finding?.fix?.split('\n')).toEqual([
      'npx secure-api preflight --write-context --region eu-west-1',
      'aws service-quotas request-service-quota-increase --service-code apigateway --quota-code L-8A5B8E43 --desired-value 10000 --region eu-west-1',
    ]);
  });

  it.each([
    [undefined, 'account-rate-unset'],
    [10_000, 'ok'],
    ['10000', 'ok'],
    [9_999, 'account-rate-other'],
    ['None', 'account-rate-other'],
  ])('compared with the context %j', (written, code) => {
    expect(checkAccountRate(contextOf(), written, settings())[0]?.code).toBe(code);
  });
});
