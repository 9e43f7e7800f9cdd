import { describe, expect, it } from 'vitest';
import { apiResources, checkQuota, stageThrottles } from '../../../../lib/preflight/checks/quotas.ts';
import { QUOTAS, type Quota } from '../../../../lib/preflight/facts/quotas.ts';
import { contextOf } from '../../../support/preflightFacts.ts';

const check = (quota: Quota, used: number, added: number, value = quota.byDefault) =>
  checkQuota(contextOf(), { quota, value: { value, source: 'applied' }, used, added })[0];

describe('a quota', () => {
  it.each([
    ['is used up exactly', 298, 2, 'warning'],
    ['is exceeded by one', 299, 2, 'error'],
    ['is 90% full', 268, 2, 'ok'],
    ['is more than 90% full', 269, 2, 'warning'],
    ['is full, and the deployment adds nothing', 300, 0, 'warning'],
    ['is exceeded already, and the deployment adds nothing', 301, 0, 'warning'],
    ['is empty', 0, 2, 'ok'],
  ])('that %s', (_, used, added, severity) => {
    expect(check(QUOTAS.usagePlans, used, added)?.severity).toBe(severity);
  });

  it.each(Object.entries<Quota>(QUOTAS))('%s: at its limit and one above it', (_, quota) => {
    expect(check(quota, quota.byDefault - 1, 1)?.code).toBe('quota-near');
    const above = check(quota, quota.byDefault, 1);
    expect(above?.code).toBe('quota-exceeded');
    expect(above?.fix).toMatch(/^aws /);
    expect(above?.fix).toContain('--region eu-west-1');
  });

  it('asks for more only where AWS raises it, and for at least what is needed', () => {
    expect(check(QUOTAS.usagePlans, 900, 1)?.fix).toContain('--quota-code L-E8693075 --desired-value 901');
    expect(check(QUOTAS.apiKeys, 10_000, 1)?.fix).toContain('aws apigateway get-api-keys');
    expect(check(QUOTAS.logPolicies, 10, 1)?.fix).toContain('aws logs delete-resource-policy --policy-name');
  });

  it('counts nothing and allows nothing as a value of 0 says', () => {
    expect(check(QUOTAS.usagePlans, 0, 1, 0)?.code).toBe('quota-exceeded');
  });
});

describe('what one API uses', () => {
  it('is one resource for each prefix of a path, the root included', () => {
    const paths = { '/a': {}, '/a/{id}': {}, '/b/c': {} };
    expect(apiResources(contextOf([['AWS::ApiGateway::RestApi', { Body: { paths } }]]))).toEqual([5]);
    expect(apiResources(contextOf([['AWS::ApiGateway::RestApi', {}]]))).toEqual([0]);
  });

  it('is one throttle for each method of a usage plan', () => {
    const ApiStages = [{ Throttle: { '/a/GET': { RateLimit: 1 }, '/a/PUT': { RateLimit: 1 } } }, {}];
    expect(stageThrottles(contextOf([['AWS::ApiGateway::UsagePlan', { ApiStages }]]))).toEqual([2, 0]);
  });
});
