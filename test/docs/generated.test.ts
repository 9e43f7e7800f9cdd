import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, it } from 'vitest';
import { generatedAlarms, generatedCosts, generatedDocs, generatedIam } from '../../docs/generate.ts';
import { documents } from '../../lambdas/documents/api.ts';
import { contentHash } from '../../lib/definition/contentHash.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

/** Two stacks are synthesized, the sample in another process. */
const SYNTHESES_MS = 300_000;
const docs = new URL('../../docs/', import.meta.url).pathname;

it.each(Object.entries(generatedDocs()))('docs/%s is what the definition says (npm run docs)', (name, text) => {
  expect(readFileSync(`${docs}${name}`, 'utf8')).toBe(text);
});

it(
  'docs/iam.md is what the stack grants (npm run docs)',
  async () => {
    expect(readFileSync(`${docs}iam.md`, 'utf8')).toBe(generatedIam(await sampleAssembly()));
  },
  SYNTHESES_MS,
);

it(
  'docs/alarms.md is what the stacks have (npm run docs)',
  () => {
    expect(readFileSync(`${docs}alarms.md`, 'utf8')).toBe(generatedAlarms());
  },
  SYNTHESES_MS,
);

it('docs/cost.md is what the sample costs, within five percent (npm run docs)', async () => {
  const number = /\d[\d,]*(?:\.\d+)?/g;
  const numbers = (text: string) => (text.match(number) ?? []).map((digits) => Number(digits.replaceAll(',', '')));
  const [committed, computed] = [readFileSync(`${docs}cost.md`, 'utf8'), generatedCosts(await sampleAssembly())];
  expect(committed.replaceAll(number, '1')).toBe(computed.replaceAll(number, '1'));
  const [found, expected] = [numbers(committed), numbers(computed)];
  const wrong = expected.filter((value, i) => Math.abs((found[i] ?? 0) - value) > Math.max(value * 0.05, 0.01));
  expect(wrong).toEqual([]);
});

it('an independent validator accepts the OpenAPI document', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(generatedDocs()['openapi.json'] ?? ''));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  expect(validator.version).toBe('3.1');
});

it('the access of the sample is what was reviewed (secure-api access review --reviewer NAME)', () => {
  expect(documents.roles.contentHash).toBe(contentHash(documents));
});
