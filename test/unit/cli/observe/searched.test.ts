import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../../../lib/cli/observe/metricCatalogue.ts';
import {
  filterPattern,
  idsOfOneQuery,
  insightsQuery,
  matches,
  storyQuery,
} from '../../../../lib/cli/observe/searched.ts';
import { REJECTIONS } from '../../../../lib/construct/monitoring/metrics.ts';
import { matchesPattern, parseFilterPattern } from '../../../../local/services/cloudwatch/pattern/filterPattern.ts';
import { holds } from '../../../../local/services/logs/conditions.ts';
import { parseQuery } from '../../../../local/services/logs/parseQuery.ts';
import { root } from '../../../support/folders.ts';
import { processorMs } from '../../../support/processorTime.ts';

/** Any text that somebody pastes, among it what means something in a query. */
const value = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('"', "'", '\\', '/', '|', '#', '\n', '*', '.', '`', '(', 'a', ' ', '=', '😀'),
    minLength: 1,
  }),
);
const FRAME = ['fields', 'filter', 'sort', 'limit'];

describe('a search', () => {
  it('is one condition for each value, whatever the values are', () => {
    fc.assert(
      fc.property(value, value, (client, subject) => {
        const query = parseQuery(insightsQuery({ client, subject }, 5));
        expect(query.map(({ kind }) => kind)).toEqual(FRAME);
        const [, filter] = query;
        if (filter?.kind !== 'filter' || filter.condition.kind !== 'and') throw new Error('no conjunction');
        const fields = filter.condition.parts.map((part) => 'field' in part && part.field);
        expect(fields).toEqual(['client', 'subject']);
      }),
    );
  });

  it('takes no time that grows with the ways to read a value', async () => {
    const client = '"a'.repeat(60);
    const filter = parseQuery(insightsQuery({ client }, 5))[1];
    if (filter?.kind !== 'filter') throw new Error('no filter');
    const { condition } = filter;
    const pattern = parseFilterPattern(filterPattern({ client }));
    const taken = await processorMs(() => {
      expect(holds(condition, () => 'a'.repeat(150))).toBe(false);
      expect(matchesPattern(pattern, '', { client: `${'a'.repeat(150)}b` })).toBe(false);
    });
    expect(taken).toBeLessThan(500);
  });

  it('finds a line with exactly its values, also those that a query cannot write', () => {
    fc.assert(
      fc.property(value, (client) => {
        const search = { client };
        const line = { client, status: '200' };
        const filter = parseQuery(insightsQuery(search, 5))[1];
        if (filter?.kind !== 'filter') throw new Error('no filter');
        expect(holds(filter.condition, (field) => line[field as keyof typeof line])).toBe(true);
        expect(matchesPattern(parseFilterPattern(filterPattern(search)), '', line)).toBe(true);
        expect(matches(search, line)).toBe(true);
        expect(matches(search, { client: `${client}x` })).toBe(false);
      }),
    );
  });

  it('finds a status and a class of statuses', () => {
    expect(insightsQuery({ status: '4xx' }, 1)).toContain('status like /^4/');
    expect(filterPattern({ status: '4xx', method: 'GET', path: '/a/{id}' })).toBe(
      '{ ($.method = "GET") && ($.routePath = "/a/{id}") && ($.status = "4*") }',
    );
    expect([matches({ status: '4xx' }, { status: '403' }), matches({ status: '4xx' }, { status: '200' })]).toEqual([
      true,
      false,
    ]);
    expect([matches({ status: '403' }, { status: '403' }), matches({ status: '403' }, {})]).toEqual([true, false]);
  });

  it('of a request takes ids alone', () => {
    expect(parseQuery(storyQuery(['a-1', 'JKJaXmPLvHcESHA='], 10)).map(({ kind }) => kind)).toEqual(FRAME);
    for (const id of ['', '-', 'a"b', 'a b', 'x'.repeat(129), 'a\n', 'a|b', '#'])
      expect(() => storyQuery([id], 10), id).toThrow('option-invalid at --request');
  });
});

describe('a trace of many requests', () => {
  it('is asked for by as many ids as a query can have', () => {
    const ids = Array.from({ length: 200 }, (_, i) => `8f1c2d3e-0a1b-4c5d-8e9f-${String(i).padStart(12, '0')}`);
    const asked = idsOfOneQuery(ids, 10_000);
    expect(asked.length).toBeGreaterThan(20);
    expect(storyQuery(asked, 10_000).length).toBeLessThanOrEqual(10_000);
    expect(idsOfOneQuery(ids.slice(0, 3), 10_000)).toEqual(ids.slice(0, 3));
  });
});

describe('the metrics of the command', () => {
  it('are those that the construct counts', () => {
    const counted = METRICS.map(({ of }) => of('api')).filter(({ namespace }) => namespace === 'SecureApi/AccessLog');
    expect(counted.map(({ metric }) => metric)).toEqual(Object.keys(REJECTIONS).map((name) => `api-${name}`));
    const code = readFileSync(join(root, 'lib/construct/monitoring/metrics.ts'), 'utf8');
    for (const { metric } of METRICS.map(({ of }) => of('api')).filter(({ namespace }) => namespace === 'SecureApi'))
      expect(code).toContain(`'${metric}'`);
  });
});

describe('a rejection', () => {
  it('by the web ACL counts once, whatever its status', () => {
    for (const status of ['403', '404', '413', '429']) {
      const line = { status, wafResponseCode: 'WAF_BLOCK', errorType: 'WAF_FILTERED' };
      const counted = Object.entries(REJECTIONS).filter(([, pattern]) =>
        matchesPattern(parseFilterPattern(pattern), '', line),
      );
      expect([status, counted.map(([name]) => name)]).toEqual([status, ['WafBlocked']]);
    }
  });
});

describe('docs/iam.md', () => {
  it('names every call that the commands make', () => {
    const folder = join(root, 'lib/cli/observe');
    const code = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const called = [...code.join('\n').matchAll(/new sdk\.(\w+)Command\(|paginate(\w+)\(/g)].map(
      ([, one, other]) => one ?? other,
    );
    expect(called.length).toBeGreaterThan(5);
    const page = readFileSync(join(root, 'docs/iam.md'), 'utf8').split('## What commands need')[1] ?? '';
    expect(called.filter((name) => !page.includes(`:${name}\``))).toEqual([]);
  });
});
