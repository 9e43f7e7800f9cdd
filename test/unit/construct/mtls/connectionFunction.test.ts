import { createContext, runInContext } from 'node:vm';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { connectionFunctionCode, revocationAtEdge } from '../../../../lib/construct/mtls/connectionFunction.ts';

const REVOKED = ['4A3F5C92D1E87B6C', '1F', '0'];

/** Runs the code as CloudFront does: one script with a function `connectionHandler`, whose only module is `cloudfront`. */
async function decision(
  clientCertInfo: object | null | undefined,
  { isReadable = true, mode = 'required' as 'required' | 'optional' } = {},
): Promise<string> {
  const exists = async (key: string) => {
    if (!isReadable) throw new Error('unreadable');
    return REVOKED.includes(key);
  };
  const context = createContext({ cf: { kvs: () => ({ exists }) } });
  runInContext(connectionFunctionCode(mode).replace("import cf from 'cloudfront';", ''), context);
  const decided: string[] = [];
  context['connection'] = {
    clientCertInfo,
    allow: () => decided.push('allow'),
    deny: () => decided.push('deny'),
  };
  await runInContext('connectionHandler(connection)', context);
  return decided.join();
}

describe('the connection function', () => {
  it.each([
    ['4a:3f:5c:92:d1:e8:7b:6c', 'deny'],
    ['4A3F5C92D1E87B6C', 'deny'],
    ['00:1f', 'deny'],
    ['1f', 'deny'],
    ['00', 'deny'],
    ['1f:00', 'allow'],
    ['4a:3f:5c:92:d1:e8:7b:6d', 'allow'],
  ])('decides about the serial number %s: %s', async (serialNumber, expected) => {
    await expect(decision({ serialNumber })).resolves.toBe(expected);
  });

  it.each([
    undefined,
    {},
    { serialNumber: '' },
    { serialNumber: '-1f' },
    { serialNumber: '0x1f' },
    { serialNumber: 7.5 },
  ])('denies what has no serial number: %j', async (certificate) => {
    await expect(decision(certificate)).resolves.toBe('deny');
  });

  it.each([undefined, null, {}, { serialNumber: '' }, { serialNumber: '', subject: '' }])(
    'allows a connection without certificate where it is optional: %j',
    async (certificate) => {
      await expect(decision(certificate, { mode: 'optional' })).resolves.toBe('allow');
      await expect(decision(certificate)).resolves.toBe('deny');
    },
  );

  it.each([{ serialNumber: '1f' }, { serialNumber: 'x', subject: 'CN=a' }, { subject: 'CN=a' }, { other: 'x' }])(
    'denies certificates where they are optional as where they are required: %j',
    async (certificate) => {
      await expect(decision(certificate, { mode: 'optional' })).resolves.toBe('deny');
    },
  );

  it('denies while the store cannot be read', async () => {
    await expect(decision({ serialNumber: '2b' }, { isReadable: false })).resolves.toBe('deny');
  });

  it('is within the size that CloudFront accepts, and reads its own store', () => {
    expect(Buffer.byteLength(connectionFunctionCode('optional'))).toBeLessThan(10_240);
    const stack = new Stack(new App(), 'Edge', { env: { region: 'us-east-1' } });
    const { store } = revocationAtEdge(stack, 'notes', 'required');
    Template.fromStack(stack).hasResourceProperties('AWS::CloudFront::ConnectionFunction', {
      AutoPublish: true,
      ConnectionFunctionConfig: {
        Runtime: 'cloudfront-js-2.0',
        KeyValueStoreAssociations: [{ KeyValueStoreARN: { 'Fn::GetAtt': [stack.getLogicalId(store), 'Arn'] } }],
      },
    });
  });
});
