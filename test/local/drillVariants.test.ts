import type { Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drilledAlarms } from '../../lib/cli/drill/alarms.ts';
import { drilledEvents, EVENT_DRILLS } from '../../lib/cli/drill/events.ts';
import { isGood, type Row, type Stage, startStage } from '../../lib/cli/drill/run.ts';
import { loadLocal } from '../../lib/cli/localPackage.ts';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import { edgeVariants, synthesizeVariant, type Variant, variants } from '../support/variants.ts';

const { everything = {}, webhooks = {} } = variants;
const propsOf = ({ props = {} }: Variant, stack: Stack) => (typeof props === 'function' ? props(stack) : props);

/** One stack for all alarms that need neither client certificates nor CloudFront. */
const together: Variant = {
  ...everything,
  input: {
    ...everything.input,
    slo: { availability: 99.9, p99: 300 },
    routes: { ...Object(webhooks.input?.['routes']), ...Object(everything.input?.['routes']) },
  },
  props: (stack): Partial<SecureApiProps> => ({
    ...propsOf(everything, stack),
    ...propsOf(webhooks, stack),
    canary: { endpoints: true, route: 'health' },
  }),
};

// Alarms that the sample lacks, and those that a limit of one request a second could hide; `secure-api drill all` makes those of the sample fire.
const CASES: readonly (readonly [string, Variant, readonly string[]])[] = [
  [
    'everything',
    together,
    [
      ...['clients-unreachable', 'proofs-unreachable', 'rotation-failed', 'sign-in-errors', 'certificate-expiry'],
      ...['function-errors', 'server-errors', 'latency'],
      ...['server-errors-of-add-thing', 'server-errors-of-add-thing-slow', 'latency-of-things'],
      ...['webhook-errors', 'endpoint-faults', 'canary-failed'],
      ...['sign-in-risk', 'sign-in-risk-slow', 'compromised-credentials'],
    ],
  ],
  [
    'CloudFront and mutual TLS',
    edgeVariants['CloudFront with mutual TLS'],
    [
      ...['certificate-lists-unreachable', 'edge-certificate-expiry', 'revocation-copy-errors'],
      ...['edge-errors', 'edge-function-errors', 'edge-blocks', 'origin-secret-errors'],
    ],
  ],
];

/** Sixteen drills one after the other, each with real requests and conditions that last for minutes of the driven clock. */
const DRILLS_MS = 240_000;

describe.each(CASES)('with %s', (name, variant, wanted) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(await loadLocal(), { assembly: synthesizeVariant(variant, false), stack: undefined });
  });
  afterAll(() => stage?.close());

  it(
    `each drill shows that its alarm fires once, ends once and notifies: ${wanted.join(', ')}`,
    async () => {
      const all = drilledAlarms(stage.gateway.model);
      const rows: Row[] = [];
      for (const one of all.filter(({ id }) => wanted.includes(id))) rows.push(await stage.carryOut(one));
      expect(rows.map(({ alarm }) => alarm).toSorted()).toEqual(wanted.toSorted());
      expect(rows.filter((row) => !isGood(row))).toEqual([]);
    },
    DRILLS_MS,
  );

  it.runIf(name === 'everything')('each event reaches its rule, and its message a person', async () => {
    const events = drilledEvents(stage.gateway.model);
    expect(events.map(({ id }) => id)).toEqual(Object.keys(EVENT_DRILLS));
    const rows: Row[] = [];
    for (const one of events) rows.push(await stage.send(one));
    expect(rows.filter((row) => !isGood(row))).toEqual([]);
  });
});
