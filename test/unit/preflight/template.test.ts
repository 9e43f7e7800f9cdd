import { describe, expect, it } from 'vitest';
import { openTemplate } from '../../../lib/preflight/template.ts';

const place = { stackName: 'Notes', account: '123456789012', region: 'cn-north-1', partition: 'aws-cn' };
/** A place holder of `Fn::Sub`. */
const holder = (name: string) => `$\{${name}}`;
const resolved = (value: unknown, more: object = {}) =>
  openTemplate({ Resources: { One: { Type: 'X', Properties: { value } } }, ...more }, place).resources[0]?.properties[
    'value'
  ];

describe('a value of a template', () => {
  it.each<[string, unknown, unknown]>([
    ['a string', 'text', 'text'],
    ['an account', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['a suffix of DNS names', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com.cn'],
    ['a join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 1]] }, 'a-cn-north-1-1'],
    [
      'a join of what is unknown',
      { 'Fn::Join': ['', ['a', { Ref: 'Other' }]] },
      { 'Fn::Join': ['', ['a', { Ref: 'Other' }]] },
    ],
    [
      'a substitution',
      { 'Fn::Sub': `${holder('AWS::Partition')}:${holder('!literal')}` },
      `aws-cn:${holder('literal')}`,
    ],
    [
      'a substitution with values',
      { 'Fn::Sub': [`${holder('a')}-${holder('AWS::StackName')}`, { a: { Ref: 'AWS::Region' } }] },
      'cn-north-1-Notes',
    ],
    ['a substitution of an attribute', { 'Fn::Sub': holder('Other.Arn') }, { 'Fn::Sub': holder('Other.Arn') }],
    ['a part', { 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'AWS::Region' }] }] }, 'north'],
    [
      'a part of the id of the stack',
      { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] },
      { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] },
    ],
    ['a parameter', { Ref: 'Size' }, 5],
    ['a resource', { Ref: 'Other' }, { Ref: 'Other' }],
    ['an attribute', { 'Fn::GetAtt': ['Other', 'Arn'] }, { 'Fn::GetAtt': ['Other', 'Arn'] }],
    ['a list within an object', { a: [{ Ref: 'AWS::Region' }] }, { a: ['cn-north-1'] }],
    ['an object that has a key Ref among others', { Ref: 'AWS::Region', x: 1 }, { Ref: 'AWS::Region', x: 1 }],
    ['a name of a prototype', { Ref: 'constructor' }, { Ref: 'constructor' }],
  ])('that is %s', (_, value, expected) => {
    expect(resolved(value, { Parameters: { Size: { Type: 'Number', Default: 5 } } })).toEqual(expected);
  });
});

describe('a resource with a condition', () => {
  const exists = (condition: object) =>
    openTemplate({ Conditions: { C: condition }, Resources: { One: { Type: 'X', Condition: 'C' } } }, place).resources
      .length === 1;
  const china = { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'cn-north-1'] };
  const europe = { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] };
  const unknown = { 'Fn::Equals': [{ Ref: 'Other' }, 'x'] };

  it.each([
    ['that is true', china, true],
    ['that is false', europe, false],
    ['that nobody knows', unknown, true],
    ['with one true part', { 'Fn::Or': [europe, unknown, china] }, true],
    ['with only false parts', { 'Fn::Or': [europe, europe] }, false],
    ['with a false part', { 'Fn::And': [china, unknown, europe] }, false],
    ['with only true parts', { 'Fn::And': [china, china] }, true],
    ['that is reversed', { 'Fn::Not': [china] }, false],
    ['that is reversed and unknown', { 'Fn::Not': [unknown] }, true],
  ])('%s', (_, condition, expected) => {
    expect(exists(condition)).toBe(expected);
  });

  it('is kept when the stack is deleted, if its policy says so', () => {
    const retained = (DeletionPolicy?: string) =>
      openTemplate({ Resources: { One: { Type: 'X', DeletionPolicy } } }, place).resources[0]?.retained;
    expect([retained(), retained('Delete'), retained('Retain'), retained('RetainExceptOnCreate')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it.each([{}, { Resources: [] }, { Resources: null }, { Resources: { One: 1, Two: {} } }])(
    'is none in %j',
    (template) => {
      expect(openTemplate(template, place).resources).toEqual([]);
    },
  );
});
