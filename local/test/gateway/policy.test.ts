import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../gateway/authorizer/policy.ts';

const ARN = 'arn:aws:execute-api:eu-central-1:1:api1/prod/GET/documents/7';
const allow = (Resource: unknown, Action: unknown = 'execute-api:Invoke') => ({ Effect: 'Allow', Action, Resource });
const deny = (Resource: unknown) => ({ ...allow(Resource), Effect: 'Deny' });

describe('a policy', () => {
  it.each([
    ['allows the exact resource', [allow(ARN)], 'allow'],
    ['lets a star span segments', [allow('arn:aws:execute-api:*:1:api1/prod/GET/*')], 'allow'],
    ['lets a question mark stand for one character', [allow(ARN.replace('7', '?'))], 'allow'],
    ['lets a question mark not stand for none', [allow(`${ARN}?`)], 'implicit'],
    ['takes lists and any case of the action', [allow(['x', ARN], ['s3:Get', 'EXECUTE-API:*'])], 'allow'],
    ['does not allow by another action', [allow('*', 'execute-api:ManageConnections')], 'implicit'],
    ['lets an explicit deny win', [allow('*'), deny('*/GET/documents/*')], 'deny'],
    ['says nothing of other resources', [allow('*/POST/*')], 'implicit'],
    ['takes a single statement', allow('*'), 'allow'],
    ['takes the complement of a resource', [{ Effect: 'Allow', Action: '*', NotResource: '*/admin' }], 'allow'],
    ['grants nothing under a condition', [{ ...allow('*'), Condition: { Bool: {} } }], 'implicit'],
    ['stays quick with hostile patterns', [allow(`${'*a'.repeat(40)}b`)], 'implicit'],
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
