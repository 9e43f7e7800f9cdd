import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { BucketDenial, ConditionOperator } from '../../assembly/model.ts';
import { checkDenials, type ObjectAction } from '../../services/s3/bucketPolicy.ts';

const everything: BucketDenial = {
  sid: 'Everything',
  actions: ['*'],
  exceptActions: false,
  resources: ['*'],
  exceptResources: false,
  conditions: [],
};
class Connection extends TLSSocket {
  override getProtocol() {
    return 'TLSv1.3';
  }
}
const request = new IncomingMessage(new Connection(new Socket()));

interface Asked {
  readonly action?: ObjectAction;
  readonly key?: string;
  readonly tags?: Readonly<Record<string, string>>;
}
/** Whether a denial that differs in `change` denies what is asked. */
const denies = (change: Partial<BucketDenial>, { action = 's3:GetObject', key = 'in/a.png', tags }: Asked = {}) => {
  const bucket = {
    logicalId: 'Uploads',
    name: 'uploads',
    isVersioned: true,
    scannedPrefixes: [],
    denials: [{ ...everything, ...change }],
  };
  const object = tags && { key, file: 'f', size: 1, etag: '', modified: '', headers: {}, tags };
  try {
    checkDenials(bucket, { request, action, key, object });
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'AccessDenied', message: expect.stringContaining('Everything') });
    return true;
  }
};

describe('a denial is about', () => {
  it.each([
    ['s3:*', 's3:GetObject', true],
    ['s3:getobject', 's3:GetObject', true],
    ['s3:getobject', 's3:GetObjectTagging', false],
    ['s3:getobject*', 's3:GetObjectTagging', true],
    ['s3:?etobject', 's3:GetObject', true],
    ['s3.getobject', 's3:GetObject', false],
  ] as const)('the action %s: %s is %s', (pattern, action, expected) => {
    expect(denies({ actions: [pattern] }, { action })).toBe(expected);
    expect(denies({ actions: [pattern], exceptActions: true }, { action })).toBe(!expected);
  });

  it.each([
    ['arn:aws:s3:::uploads/*', 'in/a.png', true],
    ['arn:aws-cn:s3:::uploads/in/*.png', 'in/deep/a.png', true],
    ['arn:aws:s3:::uploads', 'in/a.png', false],
    ['arn:aws:s3:::other/*', 'in/a.png', false],
    ['arn:aws:s3:::uploads/in/a.pn?', 'in/a.png', true],
    ['arn:aws:s3:::uploads/in/a', 'in/a\nb', false],
    ['arn:aws:s3:::uploads/*', 'in/\n\u{1f600}', true],
  ])('the resource %s: %j is %s', (pattern, key, expected) => {
    expect(denies({ resources: [pattern] }, { key })).toBe(expected);
    expect(denies({ resources: [pattern], exceptResources: true }, { key })).toBe(!expected);
  });
});

describe('a condition', () => {
  const TAG = 's3:existingobjecttag/status';
  it.each<[ConditionOperator, readonly string[], Readonly<Record<string, string>>, boolean]>([
    ['StringEquals', ['clean'], { status: 'clean' }, true],
    ['StringEquals', ['clean'], { status: 'Clean' }, false],
    ['StringEquals', ['clean'], {}, false],
    ['StringEquals', ['a', 'clean'], { Status: 'clean' }, true],
    ['StringNotEquals', ['clean'], { status: 'clean' }, false],
    ['StringNotEquals', ['clean'], { status: 'infected' }, true],
    ['StringNotEquals', ['clean'], {}, true],
    ['StringNotEquals', ['a', 'clean'], { status: 'clean' }, false],
    ['StringLike', ['cl*'], { status: 'clean' }, true],
    ['StringLike', ['cl?'], { status: 'clean' }, false],
    ['StringNotLike', ['cl*'], { status: 'clean' }, false],
    ['StringNotLike', ['cl*'], {}, true],
  ])('%s %j with the tags %j is met: %s', (operator, values, tags, met) => {
    expect(denies({ conditions: [{ operator, key: TAG, values }] }, { tags })).toBe(met);
    expect(denies({ conditions: [{ operator, key: TAG, values }] }, {})).toBe(operator.includes('Not'));
  });

  it.each<[ConditionOperator, string, readonly string[], boolean]>([
    ['Bool', 'aws:securetransport', ['false'], false],
    ['Bool', 'aws:securetransport', ['true'], true],
    ['NumericLessThan', 's3:tlsversion', ['1.2'], false],
    ['NumericLessThan', 's3:tlsversion', ['1.3'], false],
    ['NumericLessThan', 's3:tlsversion', ['1.4'], true],
    ['ArnNotEquals', 'aws:principalarn', ['arn:aws:iam::123456789012:role/scanner'], true],
    ['ArnNotLike', 'aws:principalarn', ['arn:aws:iam::*:role/scanner'], true],
    ['ArnEquals', 'aws:principalarn', ['arn:aws:iam::123456789012:role/scanner'], false],
    ['ArnLike', 'aws:principalarn', ['arn:aws:iam::*:role/*'], false],
  ])('%s %s %j is met by a local request: %s', (operator, key, values, met) => {
    expect(denies({ conditions: [{ operator, key, values }] })).toBe(met);
  });

  it('counts only with all others', () => {
    const met = { operator: 'Bool', key: 'aws:securetransport', values: ['true'] } as const;
    const unmet = { ...met, values: ['false'] };
    expect([denies({ conditions: [met, met] }), denies({ conditions: [met, unmet] })]).toEqual([true, false]);
  });
});
