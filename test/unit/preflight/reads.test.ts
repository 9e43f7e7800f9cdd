import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preflightPolicy, READS } from '../../../lib/preflight/reads.ts';
import { root } from '../../support/folders.ts';

const folder = join(root, 'lib/preflight');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');
const names = (pattern: RegExp) => [...new Set([...sources.matchAll(pattern)].map(([, name = '']) => name))].sort();

describe('the calls of a preflight', () => {
  it('are the commands that its code makes, and no others', () => {
    expect(names(/new (?:\w+\.)*(\w+)Command\(/g)).toEqual(Object.keys(READS).sort());
  });

  it('go through the one place that knows the right of each', () => {
    expect(names(/(?:read|list)\(\s*'(\w+)'/g)).toEqual(Object.keys(READS).sort());
    expect(sources.match(/\.send\(/g)).toHaveLength(names(/new (?:\w+\.)*(\w+)Command\(/g).length);
  });

  it('only read, by their names and by the actions that allow them', () => {
    const verbs = /^(?:Get|List|Describe|Check)[A-Z]/;
    for (const [operation, { action }] of Object.entries(READS)) {
      expect(operation).toMatch(verbs);
      expect(action.split(':')[1]).toMatch(action === 'apigateway:GET' ? /^GET$/ : verbs);
    }
  });
});

describe('the IAM policy', () => {
  const statements = preflightPolicy().Statement;

  it('allows exactly the actions of the calls, each once', () => {
    const allowed = statements.flatMap(({ Action }) => Action);
    expect(allowed.toSorted()).toEqual([...new Set(Object.values(READS).map(({ action }) => action))].sort());
  });

  it('limits each action to its kind of resource, where the service supports that', () => {
    const anything = statements.filter(({ Resource }) => Resource.includes('*'));
    expect(anything).toHaveLength(1);
    expect(anything[0]?.Resource).toEqual(['*']);
    expect(statements.find(({ Action }) => Action.includes('apigateway:GET'))?.Resource).toContain(
      'arn:aws:apigateway:*::/account',
    );
  });

  it('fits into a managed policy, which holds 6,144 characters', () => {
    expect(JSON.stringify(preflightPolicy()).length).toBeLessThan(6_144);
  });
});
