import { expect, it } from 'vitest';
import { dependants, type Part } from '../../../lib/construct/removal/dependants.ts';

const part = (type: string, properties: Part['properties'] = {}): Part => ({ type, properties, isDeleted: false });

it('reads the properties of resources that can belong to the kept one, and of no others: each is resolved when it is read', () => {
  const read: string[] = [];
  const unread = (type: string): Part => ({
    type,
    get properties() {
      read.push(type);
      return { KmsKeyId: { Ref: 'Key' } };
    },
    isDeleted: false,
  });
  const parts = new Map([
    ['Key', part('AWS::KMS::Key')],
    ['Alias', part('AWS::KMS::Alias', { TargetKeyId: { Ref: 'Key' } })],
    ['Function', unread('AWS::Lambda::Function')],
    ['Alarm', unread('AWS::CloudWatch::Alarm')],
    ['Association', unread('AWS::WAFv2::WebACLAssociation')],
  ]);
  expect([...dependants(parts, 'Key')]).toEqual(['Key', 'Alias', 'Association']);
  expect([...new Set(read)]).toEqual(['AWS::WAFv2::WebACLAssociation']);
});
