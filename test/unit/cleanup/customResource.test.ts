import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cleanup, onRemoval } from '../../../lambdas/cleanup/customResource.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { contextWith, eventOf, type Service, startService } from './support.ts';

const TARGET = { Target: 'bucket' };
let statuses: number[] = [];
let cloudFormation: Service;
beforeEach(async () => {
  statuses = [];
  cloudFormation = await startService((_, response) => response.writeHead(statuses.shift() ?? 200).end());
});
afterEach(() => cloudFormation.close());

const responses = () => cloudFormation.received.map(({ body }) => JSON.parse(body));

/** Runs the function for an event, and returns how often it cleaned. */
async function run(
  type: 'Create' | 'Update' | 'Delete',
  clean: Cleanup = async () => ({ removed: 1, isInterrupted: false }),
  remainingMs = 900_000,
): Promise<number> {
  let runs = 0;
  const handler = onRemoval(async (...given) => {
    runs += 1;
    return clean(...given);
  });
  const event = eventOf(type, `${cloudFormation.endpoint}/response?signed`, TARGET);
  await linesOf(() => handler(event, contextWith(remainingMs)));
  return runs;
}

describe('a custom resource that cleans up', () => {
  it.each(['Create', 'Update'] as const)('removes nothing for %s, and is identified by its target', async (type) => {
    expect(await run(type)).toBe(0);
    expect(responses()).toEqual([expect.objectContaining({ Status: 'SUCCESS', PhysicalResourceId: 'bucket' })]);
  });

  it('removes when it is deleted, and returns the ids of the request', async () => {
    expect(await run('Delete')).toBe(1);
    expect(responses()).toEqual([
      {
        Status: 'SUCCESS',
        PhysicalResourceId: 'before',
        StackId: expect.stringContaining('Sandbox'),
        RequestId: 'request',
        LogicalResourceId: 'Empty',
      },
    ]);
  });

  it('sends bytes without a content type, which the address is not signed for', async () => {
    await run('Create');
    expect(cloudFormation.received[0]?.headers).not.toHaveProperty('content-type');
  });

  it('reports a failure with what to do, and keeps the resource for the next attempt', async () => {
    await run('Delete', () => Promise.reject(new Error('S3 returned 403 AccessDenied')));
    expect(responses()).toEqual([
      expect.objectContaining({
        Status: 'FAILED',
        PhysicalResourceId: 'before',
        Reason: expect.stringMatching(/^bucket: S3 returned 403 AccessDenied\. .*Delete the stack again/),
      }),
    ]);
  });

  it('reports that the time was over, and how far it came', async () => {
    await run('Delete', async () => ({ removed: 4_000, isInterrupted: true }));
    expect(responses()[0]).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('4000 were removed') });
  });

  it.each([15_001, 0])('ends the cleanup before the function does, so that there is a response: %i', async (left) => {
    await run('Delete', async (_, time) => ({ removed: 0, isInterrupted: await aborted(time) }), left);
    expect(responses()).toEqual([expect.objectContaining({ Status: 'FAILED' })]);
  });

  it('cuts a long reason: a response has at most 4 KB', async () => {
    await run('Delete', () => Promise.reject(new Error('x'.repeat(10_000))));
    expect(cloudFormation.received[0]?.body.length).toBeLessThan(4_096);
  });

  it('repeats a response that did not arrive', async () => {
    statuses = [500, 503];
    await run('Delete');
    expect(responses()).toHaveLength(3);
  });

  it('fails when the address rejects the response, so that Lambda repeats the run', async () => {
    statuses = [403];
    const handler = onRemoval(async () => ({ removed: 0, isInterrupted: false }));
    const event = eventOf('Create', `${cloudFormation.endpoint}/response?signed`, TARGET);
    await expect(handler(event, contextWith(900_000))).rejects.toThrow(/returned 403$/);
  });

  it('logs neither the signed address nor anything else of the event than the target', async () => {
    const handler = onRemoval(async () => ({ removed: 3, isInterrupted: false }));
    const event = eventOf('Delete', `${cloudFormation.endpoint}/response?X-Amz-Signature=planted`, TARGET);
    const lines = await linesOf(() => handler(event, contextWith(900_000)));
    expect(lines.join()).toContain('"removed":3');
    expect(lines.join()).not.toMatch(/planted|Signature/);
  });
});

function aborted(time: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    if (time.aborted) done(true);
    else time.addEventListener('abort', () => done(true));
  });
}
