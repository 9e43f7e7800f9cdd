import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { expect, it } from 'vitest';
import type { Api } from '../../lib/definition/api.ts';
import { defineApi, defineRoles, get, object, post } from '../../lib/index.ts';
import { makeCa } from '../support/certificates.ts';
import { folderOf } from '../support/folders.ts';
import { at, only, smallTemplate, synthesizeUnderRules, withSmall } from './support.ts';

const done = { responses: { 200: { description: 'Done' } } } as const;
const isPublic = { public: 'anybody can see whether it works', ...done };
const definition = defineApi(
  {
    name: 'watched',
    version: '1.0.0',
    roles: defineRoles({ reader: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
    tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
    routes: {
      health: get('/health', isPublic),
      find: get('/found', { ...isPublic, query: object({ text: { type: 'string', maxLength: 5 } }) }),
      one: get('/things/{id}', {
        ...isPublic,
        path: object({ id: { type: 'string', maxLength: 5, pattern: '^[a-z]+$' } }),
      }),
      add: post('/things', isPublic),
      list: get('/things', { permission: 'thing:read', ...done }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
) as unknown as Api;

it('a function requests a public route every minute, and an alarm notices failures and its end', () => {
  const made = withSmall({ definition, canary: { route: 'health' } }, (_, stack) => {
    synthesizeUnderRules(stack);
    return Template.fromStack(stack);
  });
  const variables = at(only(made, 'AWS::Lambda::Function', 'RouteCanary'), 'Properties.Environment.Variables');
  const request = JSON.stringify(at(variables, 'SECURE_API_CANARY'));
  expect(request).toMatch(/https:\/\/.*Ref.*\/health/);
  expect(only(made, 'AWS::Events::Rule', 'RouteCanary').Properties).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
  });
  expect(only(made, 'AWS::CloudWatch::Alarm', 'CanaryFailed').Properties).toMatchObject({
    MetricName: 'CanaryFailures',
    Period: 60,
    DatapointsToAlarm: 3,
    EvaluationPeriods: 5,
    TreatMissingData: 'missing',
    InsufficientDataActions: [{ Ref: expect.stringContaining('AlarmTopic') }],
  });
  expect(JSON.stringify(only(made, 'AWS::CloudWatch::Alarm', 'JobErrors').Properties)).toContain('RouteCanary');
  expect(
    made.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { SECURE_API_ENDPOINTS: {} } } },
    }),
  ).toEqual({});
});

it.each([
  ['nothing', 'found "nothing"'],
  ['toString', 'found "toString"'],
  ['find', 'found find, GET /found'],
  ['one', 'found one, GET /things/{id}'],
  ['add', 'found add, POST /things'],
  ['list', 'found list, GET /things'],
])('cannot request %s', (route, found) => {
  const make = () => smallTemplate({ definition, canary: { route } });
  expect(make).toThrow(/^option-invalid at canary\.route: /);
  expect(make).toThrow(found);
  expect(make).toThrow('Write health.');
});

it('says what to add where no route can be requested', () => {
  expect(() => smallTemplate({ canary: { route: 'listThings' } })).toThrow(
    /Add one that reads what the other routes need/,
  );
});

it('does not go with mutual TLS', async () => {
  const folder = folderOf({ 'ca.pem': (await makeCa()).cert });
  const stack = new Stack();
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0', zoneName: 'example.com' });
  const domain = { name: 'api.example.com', zone };
  const mtls = { trustStore: join(folder, 'ca.pem') };
  const props = { definition, domain, mtls, tls: 'legacy-1.2', canary: { route: 'health' } } as const;
  expect(() => smallTemplate(props)).toThrow(/^option-invalid at canary\.route: found a route with mtls/);
});
