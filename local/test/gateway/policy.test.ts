import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../gateway/authorizer/policy.ts';

const ARN = 'arn:aws:execute-api:eu-central-1:1:api1/prod/GET/documents/7';
const allow = (Resource: unknown, Action: unknown = 'execute-api:Invoke') => ({ Effect: 'Allow', Action, Resource });
const deny = (Resource: unknown) => ({ ...allow(Resource), Effect: 'Deny' });

describe('a policy', () => {
  it.each([
    ['allows the exact resource', [allow(ARN)], 'allow'],
    ['matches several segments by a star', [allow('arn:aws:execute-api:*:1:api1/prod/GET/*')], 'allow'],
    ['matches one character by a question mark', [allow(ARN.replace('7', '?'))], 'allow'],
    ['does not match an empty string by a question mark', [allow(`${ARN}?`)], 'implicit'],
    ['accepts lists and any case of the action', [allow(['x', ARN], ['s3:Get', 'EXECUTE-API:*'])], 'allow'],
    ['does not allow by another action', [allow('*', 'execute-api:ManageConnections')], 'implicit'],
    ['applies an explicit deny before every allow', [allow('*'), deny('*/GET/documents/*')], 'deny'],
    ['decides nothing about other resources', [allow('*/POST/*')], 'implicit'],
    ['accepts a single statement', allow('*'), 'allow'],
    ['accepts NotResource', [{ Effect: 'Allow', Action: '*', NotResource: '*/admin' }], 'allow'],
    ['allows nothing under a condition', [{ ...allow('*'), Condition: { Bool: {} } }], 'implicit'],
    ['stays fast with hostile patterns', [allow(`${'*a'.repeat(40)}b`)], 'implicit'],
  ])('%s', (_, Statement, decision) => {
    expect(compilePolicy({ Version: '2012-10-17', Statement })?.(ARN)).toBe(decision);
  });

  it.each([
    undefined,
    'text',
    {},
    { Statement: ['x'] },
    { Statement: [{ Effect: 'Maybe', Action: '*', Resource: '*' }] },
    { Statement: [{ Effect: 'Allow', Action: '*' }] },
  ])('is not made of %j', (document) => {
    expect(compilePolicy(document)).toBeUndefined();
  });
});
