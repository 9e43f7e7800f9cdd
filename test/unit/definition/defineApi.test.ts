import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { type DefinitionError, defineApi, get, object, post } from '../../../lib/definition/index.ts';
import { TODAY } from '../../support/ledger.ts';
import { base, codesOf, ok, read, withRoute } from './support.ts';

describe('a valid definition', () => {
  it('has every default filled in', () => {
    const api = defineApi(
      {
        ...base,
        routes: {
          list: get('/notes', read),
          health: get('/health', { public: 'liveness probe', isolate: true, ...ok }),
        },
      },
      { today: TODAY },
    );
    expect(api.defaultTier).toBe('free');
    expect(api.routes.list).toMatchObject({
      id: 'list',
      group: 'notes',
      summary: 'List',
      timeoutSeconds: 10,
      memoryMb: 256,
      input: expect.objectContaining({ maxBodyBytes: 65_536, maxDepth: 32, unicode: 'reject' }),
      access: { kind: 'permission', permission: 'note:read' },
    });
    expect(api.routes.health.group).toBe('health');
    expect(api.exemptions).toEqual([{ location: 'routes.health', kind: 'public', reason: 'liveness probe' }]);
    expect(api.warnings).toEqual([]);
  });
});

describe('an invalid definition', () => {
  it('lists faults of several checks in one error, each with location, expectation and fix', () => {
    const change = { name: 'Bad Name', ...withRoute({ body: Type.Object({ text: Type.String() }) }) };
    expect(codesOf(change)).toEqual(['name-invalid', 'route-without-access', 'object-open', 'string-unbounded']);
    try {
      defineApi({ ...base, ...change } as never, { today: TODAY });
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).toContain('string-unbounded at routes.list.body.properties.text');
      for (const fault of (error as DefinitionError).faults) {
        expect(fault.expected.length).toBeGreaterThan(3);
        expect(fault.fix.length).toBeGreaterThan(5);
      }
    }
  });
});

describe('exemptions', () => {
  it('are explicit, carry a reason and are listed', () => {
    const raw = Type.String({ maxLength: 9, 'x-text': 'raw', 'x-text-reason': 'keystrokes of a terminal' });
    const text = { type: 'string', 'x-unbounded': 'limited by maxBodyBytes' } as const;
    const api = defineApi(
      {
        ...base,
        routes: {
          add: post('/notes', {
            permission: 'note:write',
            body: object({ text: Type.Unsafe<string>(text), raw }),
            ...ok,
          }),
        },
      },
      { today: TODAY },
    );
    expect(api.exemptions).toEqual([
      { location: 'routes.add.body.properties.text', kind: 'unbounded', reason: 'limited by maxBodyBytes' },
      { location: 'routes.add.body.properties.raw', kind: 'raw-text', reason: 'keystrokes of a terminal' },
    ]);
  });
});
