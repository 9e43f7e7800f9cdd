import { createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import { root, temporaryFolder, writeFiles } from '../support/folders.ts';

type Message = Readonly<Record<string, string>>;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:page';
const MESSAGE = {
  Type: 'Notification',
  MessageId: '8f6b',
  TopicArn: TOPIC,
  Subject: 'ALARM: "documents-failed-logins"',
  Message: '{"AlarmName":"documents-failed-logins"}',
  Timestamp: new Date().toISOString(),
  SignatureVersion: '2',
  SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem',
};

/** Signs as SNS: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
function signed(message: Message, names: readonly string[]): Message {
  const text = names.map((name) => `${name}\n${message[name]}\n`).join('');
  return { ...message, Signature: createSign('sha256').update(text).sign(privateKey, 'base64') };
}

async function snippet(): Promise<(message: Message, topic: string) => Promise<boolean>> {
  const page = readFileSync(join(root, 'docs/notifications.md'), 'utf8');
  const [, code = ''] = /```ts\n(import \{ createVerify[\s\S]*?)```/.exec(page) ?? [];
  const folder = temporaryFolder();
  writeFiles(folder, { 'isFromSns.ts': code });
  return (await import(pathToFileURL(join(folder, 'isFromSns.ts')).href)).isFromSns;
}

afterEach(() => vi.unstubAllGlobals());

it('the check of the page on notifications takes what SNS signed for the topic, and nothing else', async () => {
  const isFromSns = await snippet();
  vi.stubGlobal('fetch', async () => new Response(publicKey.export({ type: 'spki', format: 'pem' })));
  const good = signed(MESSAGE, ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']);
  expect(await isFromSns(good, TOPIC)).toBe(true);
  const { Subject: _, ...common } = MESSAGE;
  const rest = { ...common, Type: 'SubscriptionConfirmation', SubscribeURL: 'https://a.example', Token: 't' };
  const names = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  expect(await isFromSns(signed(rest, names), TOPIC)).toBe(true);

  const changes: readonly Message[] = [
    { Message: '{}' },
    { Subject: 'OK' },
    { TopicArn: `${TOPIC}2` },
    { SignatureVersion: '1' },
    { Timestamp: new Date(Date.now() - 2 * 3_600_000).toISOString() },
    { SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a1b.pem' },
    { SigningCertURL: 'https://evil.example/SimpleNotificationService-0a1b.pem' },
    { SigningCertURL: 'http://169.254.169.254/latest/meta-data' },
  ];
  for (const change of changes) {
    expect([change, await isFromSns({ ...good, ...change }, TOPIC)]).toEqual([change, false]);
  }
});
