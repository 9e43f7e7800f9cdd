import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { AlarmThresholds, SecureApiProps } from '../../lib/construct/index.ts';
import { THRESHOLDS } from '../../lib/construct/monitoring/thresholdTable.ts';
import type { Api } from '../../lib/definition/index.ts';
import { AVAILABILITY_BOUNDS, P99_BOUNDS } from '../../lib/definition/sloBounds.ts';
import { root } from '../support/folders.ts';
import { faultsOf, ofType, smallApi, smallTemplate, withSmall } from './support.ts';

const names = Object.keys(THRESHOLDS) as (keyof AlarmThresholds)[];

describe('a threshold', () => {
  it.each(names)('%s is rejected where its alarm would always or never fire, with its unit and the reason', (name) => {
    const { min, max, decimals, unit = '', why } = THRESHOLDS[name];
    const wrong = [0, -1, min / 2, max + 1, 1e12, Number.NaN, Number.POSITIVE_INFINITY, null, true, [], 'x', ''];
    for (const value of decimals === undefined ? [...wrong, min + 0.5] : wrong) {
      expect(faultsOf({ alarms: { [name]: value } })).toEqual([
        {
          code: 'option-invalid',
          location: `alarms.${name}`,
          found: expect.stringMatching(/./),
          expected: expect.stringMatching(new RegExp(`number of ${unit} from ${min} to ${max}$`)),
          fix: why,
        },
      ]);
    }
  });

  it('in quotes is written without them', () => {
    expect(faultsOf({ alarms: { forbidden: '20' } })[0]).toMatchObject({
      found: '"20"',
      expected: 'a whole number of responses from 1 to 3000000',
      fix: expect.stringMatching(/^Write 20, without quotes\./),
    });
  });

  it('that does not exist is rejected with the name that may be meant', () => {
    expect(faultsOf({ alarms: { forbiden: 20 } })[0]).toMatchObject({
      location: 'alarms.forbiden',
      fix: expect.stringMatching(/^Write forbidden\./),
    });
  });
});

describe('the bounds of a threshold', () => {
  it('that are no limits of an alarm do not claim that it would always fire', () => {
    expect(
      names.filter((name) => !/(?:always|never) fire|fires? at each|ends|at most/.test(THRESHOLDS[name].why ?? '')),
    ).toEqual(['requests', 'throttled']);
  });

  it('are the same in the doc comments as in the table', () => {
    const source = (file: string) => readFileSync(join(root, 'lib', file), 'utf8');
    const comments = [
      ...source('construct/monitoring/thresholds.ts').matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+)/g),
      ...source('definition/slo.ts').matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*readonly (\w+)/g),
    ];
    const bounds = { ...THRESHOLDS, p99: P99_BOUNDS, availability: AVAILABILITY_BOUNDS };
    const stated = comments.flatMap(([, text = '', name = '']) =>
      [...text.matchAll(/([\d.,]+)–([\d.,]*\d)/g)].map(([, min = '', max = '']) => ({
        name,
        bounds: [min, max].map((digits) => Number(digits.replaceAll(',', ''))),
      })),
    );
    expect(stated.length).toBeGreaterThan(6);
    for (const one of stated) {
      const { min, max } = bounds[one.name as keyof typeof bounds];
      expect(one).toEqual({ name: one.name, bounds: [min, max] });
    }
  });
});

describe('a synth', () => {
  const warnings = (props: Partial<SecureApiProps>): readonly string[] =>
    withSmall(props, (_, stack) =>
      Annotations.fromStack(stack)
        .findWarning('*', Match.stringLikeRegexp('^(alarms|slo)\\.'))
        .map(({ entry }) => String(entry.data)),
    );
  const slo = { availability: 99.9, p99: 300 };

  it('warns of thresholds whose alarms the API does not have', () => {
    const found = warnings({ alarms: { webhookErrors: 1, endpointFaults: 1, certificateDays: 9, tableErrors: 4 } });
    expect(found.map((text) => text.slice(0, text.indexOf(';'))).toSorted()).toEqual([
      'alarms.certificateDays: found 9 in an API without a domain',
      'alarms.endpointFaults: found 1 in an API without canary: { endpoints: true }',
      'alarms.tableErrors: found 4 in an API without a table',
      'alarms.webhookErrors: found 1 in an API without a webhook',
    ]);
    expect(warnings({ alarms: { tableErrors: 4 }, revocation: true })).toEqual([]);
  });

  it('makes alarms that can fire of the lowest objective', () => {
    const definition = { ...smallApi(), slo: { availability: 90, p99: 300 } } as Api;
    const thresholds = ofType(smallTemplate({ definition }), 'AWS::CloudWatch::Alarm')
      .filter(([id]) => id.includes('ServerErrors'))
      .map(([, { Properties }]) => Properties['Threshold']);
    expect(new Set(thresholds)).toEqual(new Set([100, 60]));
  });

  it('warns of counts above what the throttle of all routes together allows', () => {
    const throttle = { rate: 10, burst: 20 };
    const most = 3020 * Object.keys(smallApi().routes).length;
    expect(most).toBeGreaterThan(3020);
    const [warning, ...others] = warnings({ throttle, alarms: { forbidden: most + 1 } });
    expect(warning).toMatch(`alarms.forbidden: found ${most + 1}; expected at most ${most}. `);
    expect(warning).toContain('10 requests a second for each route');
    expect(others).toEqual([]);
    expect(warnings({ throttle, alarms: { forbidden: most } })).toEqual([]);
  });

  it('warns of no count of unknown paths, which no route throttles', () => {
    expect(warnings({ throttle: { rate: 10, burst: 20 }, alarms: { notFound: 1_000_000 } })).toEqual([]);
  });

  it('warns of a latency that no route reaches before its timeout', () => {
    expect(warnings({ alarms: { p99Ms: 20_000 } })).toEqual([
      expect.stringMatching(/^alarms\.p99Ms: found 20000; expected less than 20000, the longest timeoutSeconds/),
    ]);
    expect(warnings({ alarms: { p99Ms: 19_999 } })).toEqual([]);
    const definition = { ...smallApi(), slo: { ...slo, p99: 25_000 } } as Api;
    expect(warnings({ definition })).toEqual([expect.stringMatching(/^slo\.p99: found 25000/)]);
  });

  it('warns of thresholds beside objectives of another value, and says which one counts', () => {
    const definition = { ...smallApi(), slo } as Api;
    expect(warnings({ definition, alarms: { p99Ms: 300 } })).toEqual([]);
    expect(warnings({ definition, alarms: { p99Ms: 800, serverErrorPercent: 5 } })).toEqual([
      expect.stringMatching(/^alarms\.p99Ms: found 800 beside slo\.p99 of 300.*replaces the objective in all alarms/),
      expect.stringMatching(/^alarms\.serverErrorPercent: found 5 beside slo\.availability of 99\.9/),
    ]);
  });
});
