// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub is written like this
import { describe, expect, it } from 'vitest';
import { loadAssembly } from '../../assembly/load.ts';
import type { SecretModel } from '../../assembly/model.ts';
import { handWritten, SMALLEST_API } from '../support/assembly.ts';

/** Loads a function with one variable and returns its resolved value. */
function resolved(
  value: unknown,
  sections: object = {},
  secret: (secret: SecretModel) => string = () => '',
): string | undefined {
  const Environment = { Variables: { VALUE: value } };
  const Properties = { FunctionName: 'fn', Runtime: 'nodejs24.x', Code: { ZipFile: '' }, Environment };
  const Secret = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'keys', GenerateSecretString: {} } };
  const Literal = { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: '{"user":"ada"}' } };
  const Key = { Type: 'AWS::KMS::Key' };
  const Resources = { ...SMALLEST_API, Secret, Literal, Key, Fn: { Type: 'AWS::Lambda::Function', Properties } };
  const directory = handWritten({ Resources, ...sections });
  return loadAssembly(directory, { secretValue: secret }).functions[0]?.environment['VALUE'];
}

describe('the values of a template', () => {
  it.each([
    ['Ref of a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-central-1'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::AccountId' }]] }, 'a-123456789012'],
    ['Fn::Sub', { 'Fn::Sub': 'arn:${AWS::Partition}:x:${!Literal}' }, 'arn:aws:x:${Literal}'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${A}/${Stage}', { A: { Ref: 'AWS::StackName' } }] }, 'Sample/live'],
    ['Fn::Sub with an attribute', { 'Fn::Sub': '${Secret.Id}' }, expect.stringMatching(/:secret:keys-[a-z0-9]{6}$/)],
    ['Fn::Select of Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['Fn::GetAZs', { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] }, 'eu-central-1a'],
    [
      'a GetAtt that is an ARN',
      { 'Fn::GetAtt': ['Key', 'Arn'] },
      expect.stringMatching(/^arn:aws:kms:eu-central-1:123456789012:key\//),
    ],
    ['AWS::NoValue', { Ref: 'AWS::NoValue' }, undefined],
    ['a number', 7, '7'],
  ])('resolve %s', (_, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  it('evaluate conditions from parameters, mappings and each other', () => {
    const sections = {
      Parameters: {
        Tier: { Type: 'String', Default: 'premium' },
        Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
      },
      Mappings: { Rates: { premium: { rate: 100 } } },
      Conditions: {
        Premium: { 'Fn::Equals': [{ Ref: 'Tier' }, 'premium'] },
        Free: { 'Fn::Not': [{ Condition: 'Premium' }] },
        Either: {
          'Fn::Or': [{ Condition: 'Free' }, { 'Fn::And': [{ Condition: 'Premium' }, { Condition: 'Premium' }] }],
        },
        Alias: { Condition: 'Either' },
      },
    };
    expect(resolved({ 'Fn::If': ['Free', 'slow', 'fast'] }, sections)).toBe('fast');
    expect(resolved({ 'Fn::If': ['Alias', 'yes', 'no'] }, sections)).toBe('yes');
    expect(resolved({ 'Fn::FindInMap': ['Rates', { Ref: 'Tier' }, 'rate'] }, sections)).toBe('100');
    expect(resolved({ 'Fn::Select': [1, { Ref: 'Zones' }] }, sections)).toBe('b');
  });

  it('take secrets from their source, or from the template when it has the value', () => {
    const reference = { 'Fn::Join': ['', ['free-{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:::}}']] };
    expect(resolved(reference, {}, ({ name }) => `value-of-${name}`)).toBe('free-value-of-keys');
    const json = { 'Fn::Sub': '{{resolve:secretsmanager:${Literal}:SecretString:user}}' };
    expect(resolved(json)).toBe('ada');
    expect(resolved('{{resolve:secretsmanager:keys}}', {}, () => 'by-name')).toBe('by-name');
  });

  it('ask for a secret only when something refers to it', () => {
    const ask = (): string => {
      throw new Error('asked');
    };
    expect(resolved('plain', {}, ask)).toBe('plain');
  });

  it('leave a resource out when its condition is false', () => {
    const Conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    const Topic = { Type: 'AWS::SNS::Topic', Condition: 'Never' };
    const directory = handWritten({ Conditions, Resources: { ...SMALLEST_API, Topic } });
    expect(loadAssembly(directory, { secretValue: () => '' }).topics).toEqual([]);
  });

  it('keep an example in a body that looks like a condition', () => {
    const Body = { ...SMALLEST_API.Api.Properties.Body, 'x-example': { Condition: 'new' } };
    const Api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Body } };
    const model = loadAssembly(handWritten({ Resources: { ...SMALLEST_API, Api } }), { secretValue: () => '' });
    expect(model.apis[0]?.body['x-example']).toEqual({ Condition: 'new' });
  });
});
