import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { currentTrace, dependency, dependencyTimes, measured } from '../../../lambdas/shared/trace/measure.ts';
import type { RequestTrace } from '../../../lambdas/shared/trace/requestTrace.ts';

const traceOf = (traceId: string): RequestTrace => ({ traceId, spanId: 'a', isSampled: false, isContinued: false });
const running = () => currentTrace()?.traceId;
const atOnce = (traceId: string) => measured(traceOf(traceId), running);
const later = (traceId: string) =>
  measured(traceOf(traceId), async () => {
    await sleep(5);
    return running();
  });

it('what runs belongs to its request, whether requests end at once or wait, one after the other or beside each other', async () => {
  expect([atOnce('1'), atOnce('2')]).toEqual(['1', '2']);
  const waiting = [later('3'), later('4')];
  expect([atOnce('5'), atOnce('6')]).toEqual(['5', '6']);
  waiting.push(later('7'));
  expect(await Promise.all(waiting)).toEqual(['3', '4', '7']);
  expect(atOnce('8')).toBe('8');
  expect(running()).toBeUndefined();
});

it('a call that outlives its request still belongs to it', async () => {
  let call: Promise<string | undefined> | undefined;
  measured(traceOf('1'), () => {
    call = dependency({ service: 's', span: 's' }, async () => {
      await sleep(5);
      return running();
    });
  });
  expect(atOnce('2')).toBe('2');
  expect(await call).toBe('1');
});

it('the next request has neither the times nor the trace of one that waited, ended at once, or threw', async () => {
  const times = await measured(traceOf('1'), async () => {
    await dependency({ service: 's', span: 's' }, () => sleep(5));
    return dependencyTimes();
  });
  expect(times).toMatchObject({ dependencies: { s: expect.any(Number) } });
  atOnce('2');
  expect(measured(traceOf('3'), dependencyTimes)).toEqual({});
  const failing = () => {
    throw new Error('failed');
  };
  expect(() => measured(traceOf('4'), failing)).toThrow('failed');
  expect(running()).toBeUndefined();
  expect(atOnce('5')).toBe('5');
});
