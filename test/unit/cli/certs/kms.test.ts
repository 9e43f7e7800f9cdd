import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json as readJson } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../support/folders.ts';
import { cli } from '../../../support/gateway.ts';
import { signDigest } from '../../../support/signDigest.ts';

const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const SIGNATURES = { ECDSA_SHA_256: 32, ECDSA_SHA_384: 48 } as const;

interface Call {
  readonly operation: string;
  readonly region: string;
  readonly input: Readonly<Record<string, string>>;
}

interface Kms {
  readonly calls: Call[];
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** GetPublicKey and Sign of KMS, with a key in memory; `signWith` signs with another one, `error` rejects each call. */
async function startKms(key: KeyObject, { signWith = key, error = '', usage = 'SIGN_VERIFY' } = {}): Promise<Kms> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const input = (await readJson(request)) as Record<string, string>;
    const operation = String(request.headers['x-amz-target']).replace('TrentService.', '');
    const region = /Credential=[^/]*\/\d+\/([^/]+)\/kms\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    calls.push({ operation, region, input });
    if (error !== '') return void response.writeHead(400).end(JSON.stringify({ __type: error, message: 'no' }));
    if (operation === 'GetPublicKey') {
      const PublicKey = createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
      return void response.end(JSON.stringify({ KeyId: ARN, PublicKey, KeyUsage: usage }));
    }
    const digest = Buffer.from(String(input['Message']), 'base64');
    const bytes = SIGNATURES[input['SigningAlgorithm'] as keyof typeof SIGNATURES];
    if (input['MessageType'] !== 'DIGEST' || digest.length !== bytes) {
      return void response.writeHead(400).end(JSON.stringify({ __type: 'ValidationException' }));
    }
    const Signature = Buffer.from(signDigest(digest, signWith)).toString('base64');
    response.end(JSON.stringify({ KeyId: ARN, Signature, SigningAlgorithm: input['SigningAlgorithm'] }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return { calls, env, close: () => server.closeAllConnections() ?? server.close() };
}

let kms: Kms | undefined;
afterEach(() => kms?.close());

const run = (folder: string, env: Kms['env'], ...args: readonly string[]) =>
  cli(['certs', ...args], folder, undefined, '', env);
const keyOf = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;

describe('a CA whose key is in KMS', () => {
  it.each([
    ['P-256', 'prime256v1', 'ECDSA_SHA_256'],
    ['P-384', 'secp384r1', 'ECDSA_SHA_384'],
  ])('signs certificates and lists there, on %s', async (_, curve, algorithm) => {
    kms = await startKms(keyOf(curve));
    const folder = temporaryFolder();
    const made = await run(folder, kms.env, 'ca', '--kms', 'alias/partner-ca', '--region', 'eu-west-1', '--json');
    expect([made.stderr, JSON.parse(made.stdout)]).toEqual(['', expect.objectContaining({ key: ARN })]);
    expect(existsSync(join(folder, 'partner-ca/ca.key'))).toBe(false);
    const issued = JSON.parse((await run(folder, kms.env, 'issue', 'acme', '--json')).stdout);
    const ca = new X509Certificate(readFileSync(join(folder, 'partner-ca/ca.pem')));
    expect(new X509Certificate(readFileSync(issued.certificate)).verify(ca.publicKey)).toBe(true);
    expect((await run(folder, kms.env, 'revoke', issued.serial)).code).toBe(0);
    expect(new Set(kms.calls.map(({ region }) => region))).toEqual(new Set(['eu-west-1']));
    const signed = kms.calls
      .filter(({ operation }) => operation === 'Sign')
      .map(({ input }) => input['SigningAlgorithm']);
    expect(signed).toEqual([algorithm, algorithm, algorithm, algorithm]);
  });

  it.each<[what: string, options: Parameters<typeof startKms>[1], code: number, message: RegExp]>([
    [
      'rejects the call',
      { error: 'AccessDeniedException' },
      1,
      /aws-call-failed at KMS GetPublicKey of k: found AccessDeniedException.*kms:Sign/,
    ],
    ['does not know the credentials', { error: 'UnrecognizedClientException' }, 2, /credentials-unusable/],
    ['has a key for something else', { usage: 'ENCRYPT_DECRYPT' }, 1, /found the usage ENCRYPT_DECRYPT/],
    [
      'signs with another key',
      { signWith: keyOf('prime256v1') },
      2,
      /found a signature that the certificate of the CA does not verify/,
    ],
  ])('is not made when KMS %s', async (_, options, code, message) => {
    kms = await startKms(keyOf('prime256v1'), options);
    const folder = temporaryFolder();
    const made = await run(folder, kms.env, 'ca', '--kms', 'k');
    expect([made.code, made.stderr]).toEqual([code, expect.stringMatching(message)]);
    expect(existsSync(join(folder, 'partner-ca/ca.pem'))).toBe(false);
  });

  it('is not made with a key of another curve or kind', async () => {
    for (const key of [keyOf('secp256k1'), generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey]) {
      kms = await startKms(key);
      const { code, stderr } = await run(temporaryFolder(), kms.env, 'ca', '--kms', 'k');
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/found a key that is not of P-256 or P-384.*ECC_NIST_P256/),
      ]);
      kms.close();
    }
  });

  it('is not used with the key of another CA', async () => {
    kms = await startKms(keyOf('prime256v1'));
    const folder = temporaryFolder();
    await run(folder, kms.env, 'ca', '--kms', 'k');
    kms.close();
    kms = await startKms(keyOf('prime256v1'));
    expect((await run(folder, kms.env, 'issue', 'acme')).stderr).toContain(
      'found a key that is not of the certificate ca.pem',
    );
  });
});
