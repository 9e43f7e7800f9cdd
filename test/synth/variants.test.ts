import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { permissionsIn } from '../../docs/permissions.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';
import { type JsonTemplate, STACK, synthesizeVariant, templateIn, variants } from '../support/variants.ts';

// Here the CDK's own check of templates runs, too.
process.env['CDK_VALIDATION'] = 'true';

/** What the metadata of a construct says about rules that it breaks on purpose: reasons by rule. */
const ACKNOWLEDGED = 'aws:cdk:acknowledged-rules';

describe.each(Object.entries(variants))('a stack with %s', (_, variant) => {
  let folder = '';
  let template: JsonTemplate = { Resources: {} };
  // It throws where a rule is broken.
  beforeAll(() => {
    folder = synthesizeVariant(variant);
    template = templateIn(folder);
  });

  it('breaks no rule of AwsSolutions and Serverless without a reason that a reviewer can check', () => {
    const reasons = reasonsIn(join(folder, `${STACK}.metadata.json`));
    expect(reasons.length).toBeGreaterThan(5);
    for (const reason of reasons) expect(reason).toMatch(/^.{30,}\.$/);
  });

  it('waits for no resource that it waits for anyway', () => {
    expect(redundantDependencies(template)).toEqual([]);
  });

  it('has a reason for every permission, and describes every role', () => {
    const { statements, roles } = permissionsIn(folder, STACK);
    expect(statements.filter(({ reason }) => reason === undefined)).toEqual([]);
    expect(roles.filter(({ description }) => description === '')).toEqual([]);
    expect(statements.length).toBeGreaterThan(10);
  });

  it('says why a role has a permission with a wildcard', () => {
    const { statements } = permissionsIn(folder, STACK);
    const wide = statements.filter(
      ({ kind, effect, actions, resources }) =>
        kind === 'role' && effect === 'Allow' && [...actions, ...resources].some((one) => /[*?]/.test(one)),
    );
    expect(wide.filter(({ reason }) => !/wildcard/.test(reason ?? ''))).toEqual([]);
  });
});

describe('the sample', () => {
  it('waits for no resource that it waits for anyway', async () => {
    const template = readFileSync(join(await sampleAssembly(), 'Documents.template.json'), 'utf8');
    expect(redundantDependencies(JSON.parse(template))).toEqual([]);
  });
});

describe('a redundant dependency', () => {
  const template = (DependsOn: string | string[], value: unknown): JsonTemplate => ({
    Resources: { A: { Type: 'A', DependsOn, Properties: { deep: [{ value }] } } },
  });

  it.each([
    ['Ref', { Ref: 'B' }],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['B', 'Arn'] }],
    ['Fn::GetAtt with dots', { 'Fn::GetAtt': 'B.Arn' }],
    ['Fn::Sub', { 'Fn::Sub': 'arn:$' + '{B.Arn}' }],
    ['Fn::Join', { 'Fn::Join': ['', ['a', { Ref: 'B' }]] }],
  ])('is found by %s', (_, value) => {
    expect(redundantDependencies(template('B', value))).toEqual(['A → B']);
    expect(redundantDependencies(template(['C', 'B'], value))).toEqual(['A → B']);
    expect(redundantDependencies(template('C', value))).toEqual([]);
  });

  it('is not a name that a longer one starts with', () => {
    expect(redundantDependencies(template('B', { 'Fn::Sub': '$' + '{BB} $' + '{!B}' }))).toEqual([]);
  });
});

/** `<resource> → <resource>` for each `DependsOn` on a resource whose name or attribute is used anyway. */
function redundantDependencies({ Resources }: JsonTemplate): readonly string[] {
  return Object.entries(Resources).flatMap(([id, { DependsOn = [], Properties }]) => {
    const names = new Set(named(Properties));
    return [DependsOn].flat().flatMap((other) => (names.has(other) ? [`${id} → ${other}`] : []));
  });
}

/** The logical ids that a value names by `Ref`, `Fn::GetAtt` or `Fn::Sub`. */
function named(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const [first] = [inner].flat();
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt') return String(first).split('.', 1);
    if (key !== 'Fn::Sub') return named(inner);
    return [...[...String(first).matchAll(/\$\{(\w+)/g)].map(([, id = '']) => id), ...named(inner)];
  });
}

function reasonsIn(path: string): readonly string[] {
  const byConstruct = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, readonly Entry[]>>;
  const acknowledged = Object.values(byConstruct)
    .flat()
    .filter(({ type }) => type === ACKNOWLEDGED);
  return acknowledged.flatMap(({ data }) => Object.values(data));
}

interface Entry {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}
