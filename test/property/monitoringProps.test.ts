import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AlarmThresholds, Notify, SecureApi } from '../../lib/construct/index.ts';
import { THRESHOLDS } from '../../lib/construct/monitoring/thresholdTable.ts';
import { temporaryFolder } from '../support/folders.ts';
import { writeHandlers } from '../support/generated.ts';
import { flawsOf, STRANGE_VALUES } from '../support/mistakes.ts';
import { faultsOf, ofType, oidc, smallApi } from '../synth/support.ts';

const names = Object.keys(THRESHOLDS) as (keyof AlarmThresholds)[];

/** What somebody writes where a number belongs, and anything else. */
const number = fc.oneof(
  fc.constantFrom(0, 0.5, 1, 5, 10, 20, 60, 99.9, 100, 1e9, 1e12, -1, Number.NaN, Number.POSITIVE_INFINITY),
  fc.double(),
  fc.integer(),
);
const strange = fc.oneof(fc.constantFrom(...STRANGE_VALUES), fc.string({ maxLength: 20 }), number);
const like = (...values: readonly unknown[]) => fc.oneof(fc.constantFrom(...values), strange);
const record = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>) =>
  fc.oneof({ weight: 4, arbitrary: fc.record(members, { requiredKeys: [] }) }, { weight: 1, arbitrary: strange });

const url = like(
  'https://hooks.example.com/a',
  'https://HOOKS.example.com:443/a',
  'http://hooks.example.com',
  'https://hooks.example.com/?token=a',
  'https://u:p@hooks.example.com',
  'https://169.254.169.254',
  'https://0x7f.1',
  'https://[::1]',
  'https://localhost.',
);
const options = fc.option(
  record({ severities: like(['page'], ['ticket', 'info'], ['urgent'], []), secret: like('chat'), region: like('eu') }),
  { nil: undefined },
);
const recipient = fc.oneof(
  ...[Notify.email, Notify.slack, Notify.teams, Notify.pagerDuty, Notify.topic].map((make) =>
    fc
      .tuple(like('ops@example.com', 'OPS@example.com', 'chat'), options)
      .map(([to, given]) => make(to as never, given as never)),
  ),
  ...[Notify.https, Notify.webhook].map((make) =>
    fc.tuple(url, options).map(([to, given]) => make(to as never, given as never)),
  ),
  strange,
);

/** The props of monitoring: mistakes and what is right, mixed. */
const props = fc.record(
  {
    alarms: record({ ...Object.fromEntries(names.map((name) => [name, number])), forbiden: strange, p99: strange }),
    notify: fc.oneof(fc.array(recipient, { maxLength: 4 }), strange),
    tracing: fc.oneof(
      like('xray', 'x-ray', 'otlp', true, false),
      record({ endpoint: url, sampling: like(0.5, 0, 1.1), headers: strange, sample: strange }),
    ),
    guardDuty: like('api', 'account', 'API'),
    budget: record({ usdPerMonth: like(200, '200', 0.5), tag: record({ key: like('team'), value: like('a') }) }),
    allowedLinesPerMinute: like(60, '60', 5),
    owner: strange,
    runbooks: url,
    canary: record({ endpoints: like(true), route: strange, rout: strange }),
    logRetention: like(90, 91, '90'),
  },
  { requiredKeys: [] },
);

describe('props of monitoring', () => {
  it('are rejected with code, location, what was found and expected, and the fix, or accepted, whatever they are', () => {
    let rejected = 0;
    fc.assert(
      fc.property(props, (given) => {
        // It throws whatever is no error of ours.
        const faults = faultsOf(given);
        rejected += Math.min(faults.length, 1);
        for (const { code, location, found, expected, fix } of faults) {
          expect(['option-invalid', 'notify-invalid']).toContain(code);
          expect(Object.keys(given)).toContain(location.split('.')[0]);
          const block = `${code} at ${location}: found ${found}; expected ${expected}. ${fix}`;
          expect(block).not.toMatch(/[\n\r]|token=|u:p@|\bat \S+:\d+:\d+/);
          expect(flawsOf(`expected ${expected}. ${fix}`)).toEqual([]);
          expect(found).not.toBe('');
          expect(fix).toMatch(/^[A-Z].*\.$/s);
        }
      }),
      { numRuns: 400 },
    );
    expect(rejected).toBeGreaterThan(200);
  });
});

describe('thresholds that are accepted', () => {
  const folder = temporaryFolder();
  beforeAll(() => writeHandlers(smallApi(), folder));
  const within = fc.record(
    Object.fromEntries(
      names.map((name) => {
        const { min, max, decimals } = THRESHOLDS[name];
        const inner = decimals === undefined ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true });
        return [name, fc.oneof(fc.constantFrom(min, max), inner)];
      }),
    ),
    { requiredKeys: [] },
  );

  it('make alarms that can fire: no share is above 100 percent, and no count is below 1', () => {
    fc.assert(
      fc.property(within, (alarms) => {
        expect(faultsOf({ alarms })).toEqual([]);
        const stack = new Stack(new App(), 'Small');
        const base = { definition: smallApi(), handlers: folder, identity: oidc() };
        new SecureApi(stack, 'Api', { ...base, revocation: true, alarms });
        for (const [id, { Properties }] of ofType(Template.fromStack(stack), 'AWS::CloudWatch::Alarm')) {
          const { Threshold: threshold, ThresholdMetricId: band } = Properties;
          if (band !== undefined) continue;
          expect([id, threshold]).toEqual([id, expect.any(Number)]);
          const isShare = /ServerErrors|Latency|Throttling\w{8}$/.test(id);
          if (isShare) expect([id, Number(threshold) > 0 && Number(threshold) <= 100]).toEqual([id, true]);
          else expect([id, Number(threshold) >= 1]).toEqual([id, true]);
        }
      }),
      { numRuns: 6 },
    );
  }, 240_000);
});
