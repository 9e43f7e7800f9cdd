import { describe, expect, it } from 'vitest';
import { outcome, plain, sendInput, silenceTelemetry, write } from './support.ts';

silenceTelemetry();

describe('a string that is not normalized', () => {
  it('is rejected by default', async () => {
    expect(await outcome({ ...plain, query: { name: 'e\u0301' } })).toEqual([400, 'invalid-request', 'name text']);
  });

  it('is normalized before it is validated, where the route declares so', async () => {
    const { json } = await sendInput(write({ t: 'e\u0301e\u0301' }, { q: 'A\u030a' }));
    expect(json['seen']).toEqual({ body: { t: 'éé' }, query: { q: 'Å' } });
    expect(await outcome(write({ t: 'eee' }))).toEqual([400, 'invalid-request', '/t too-long']);
    expect(await outcome(write({ t: '\u202e' }))).toEqual([400, 'invalid-request', '/t text']);
  });
});
