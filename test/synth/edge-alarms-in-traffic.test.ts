import { beforeAll, describe, expect, it } from 'vitest';
import { loadAssembly } from '../../local/assembly/load.ts';
import type { AlarmModel, StackModel } from '../../local/assembly/model.ts';
import { simulateAlarms } from '../../local/services/cloudwatch/simulate.ts';
import { MINUTES_OF_DAY, START } from '../support/alarmDay.ts';
import { edgeVariants, synthesizeVariant } from '../support/variants.ts';

const MINUTE_MS = 60_000;
const FIRST = 60;
const OUTAGE = 12;

let model: StackModel;
let alarm: AlarmModel;
beforeAll(() => {
  // In us-east-1 the distribution is in the stack of the API.
  model = loadAssembly(synthesizeVariant(edgeVariants.CloudFront, false), { secretValue: () => 'x' });
  const found = model.alarms.find(({ name }) => name.endsWith('-edge-errors'));
  if (found === undefined) throw new Error('no alarm');
  alarm = found;
});

/** What happens to `edge-errors` in half a day of requests and failed ones, by minute. */
function changes(minute: (index: number) => { readonly requests: number; readonly failed: number }): readonly string[] {
  const metrics = alarm.queries.flatMap(({ metric }) => metric ?? []);
  const { notified } = simulateAlarms(model, {
    from: START,
    to: START + (MINUTES_OF_DAY / 2) * MINUTE_MS,
    put({ index, metric }) {
      const { requests, failed } = minute(index);
      if (requests === 0) return;
      for (const { namespace, name, dimensions } of metrics) {
        if (name === 'Requests') metric(namespace, name, dimensions, 1, requests);
        else metric(namespace, name, dimensions, (100 * failed) / requests);
      }
    },
  });
  return notified.flatMap(({ alarm: { name }, from, to }) =>
    name === alarm.name && from !== 'INSUFFICIENT_DATA' ? [to] : [],
  );
}

describe('edge-errors', () => {
  it.each([1, 2, 4, 6, 8, 10, 12])('does not fire again when traffic stops %i minutes after a repair', (successes) => {
    const found = changes((index) => {
      if (index < FIRST) return { requests: 1, failed: 0 };
      if (index < FIRST + OUTAGE) return { requests: 1, failed: 1 };
      return { requests: index < FIRST + OUTAGE + successes ? 1 : 0, failed: 0 };
    });
    // One window with a few requests does not show that CloudFront works again.
    expect(found).toEqual(successes < 6 ? ['ALARM'] : ['ALARM', 'OK']);
  });

  it('stays while no request shows that CloudFront works', () => {
    const found = changes((index) => {
      if (index < FIRST) return { requests: 1, failed: 0 };
      return index < FIRST + OUTAGE ? { requests: 1, failed: 1 } : { requests: 0, failed: 0 };
    });
    expect(found).toEqual(['ALARM']);
  });

  it.each([60, 60_000])('fires once for an outage at %i requests a minute', (requests) => {
    const found = changes((index) => ({
      requests,
      failed: index >= FIRST && index < FIRST + OUTAGE ? requests / 2 : requests / 1_000,
    }));
    expect(found).toEqual(['ALARM', 'OK']);
  });
});
