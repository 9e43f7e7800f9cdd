import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drilledAlarms } from '../../lib/cli/drill/alarms.ts';
import { drilledEvents, EVENT_DRILLS } from '../../lib/cli/drill/events.ts';
import { isGood, type Row, type Stage, startStage } from '../../lib/cli/drill/run.ts';
import { loadLocal } from '../../lib/cli/localPackage.ts';
import { alarmedVariants, edgeVariants, synthesizeVariant, type Variant, variants } from '../support/variants.ts';

// Alarms that the sample lacks; `secure-api drill all` makes those of the sample fire.
const [withCanary = {}] = alarmedVariants.filter(({ props }) => props !== undefined && `${props}`.includes('canary'));
const CASES: readonly (readonly [string, Variant, readonly string[]])[] = [
  [
    'everything',
    variants['everything'] ?? {},
    [
      'clients-unreachable',
      'proofs-unreachable',
      'rotation-failed',
      'sign-in-errors',
      'certificate-expiry',
      'sign-in-risk',
      'compromised-credentials',
    ],
  ],
  ['webhooks', variants['webhooks'] ?? {}, ['webhook-errors']],
  ['mutual TLS', variants['mutual TLS'] ?? {}, ['certificate-lists-unreachable']],
  ['objectives', variants['objectives'] ?? {}, ['latency-of-things', 'server-errors-of-add-thing']],
  ['a canary', withCanary, ['endpoint-faults', 'canary-failed']],
  [
    'CloudFront',
    edgeVariants.CloudFront,
    ['edge-errors', 'edge-function-errors', 'edge-blocks', 'origin-secret-errors'],
  ],
];

describe.each(CASES)('with %s', (name, variant, wanted) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage(await loadLocal(), { assembly: synthesizeVariant(variant, false), stack: undefined });
  });
  afterAll(() => stage?.close());

  it(`each drill shows that its alarm fires once, ends once and notifies: ${wanted.join(', ')}`, async () => {
    const all = drilledAlarms(stage.gateway.model);
    const rows: Row[] = [];
    for (const one of all.filter(({ id }) => wanted.some((start) => id.startsWith(start))))
      rows.push(await stage.carryOut(one));
    expect(rows.filter((row) => !isGood(row))).toEqual([]);
  });

  it.runIf(name === 'everything')('each event reaches its rule, and its message a person', async () => {
    const events = drilledEvents(stage.gateway.model);
    expect(events.map(({ id }) => id)).toEqual(Object.keys(EVENT_DRILLS));
    const rows: Row[] = [];
    for (const one of events) rows.push(await stage.send(one));
    expect(rows.filter((row) => !isGood(row))).toEqual([]);
  });
});
