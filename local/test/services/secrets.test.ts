import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { createClock } from '../../services/clock.ts';
import { generateSecretString } from '../../services/secrets/generate.ts';
import { startSecretsManager } from '../../services/secrets/start.ts';
import { secretValues } from '../../services/secrets/values.ts';
import { secretVersions } from '../../services/secrets/versions.ts';
import { access, signedFetch } from '../support/services.ts';

const secret = (arn: string, generate?: Record<string, unknown>) => ({
  arn,
  name: 'keys',
  ...(generate && { generate }),
});
const FIRST = '00000000-0000-4000-8000-000000000001';
const ARN = 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:keys-AbCdEf';

test('simulated time starts now and runs as fast as asked', async () => {
  const clock = createClock(600);
  const before = clock.now();
  expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(clock.now() - before).toBeGreaterThan(25_000);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 10_001])('a speed of %s is rejected', (speed) => {
  expect(() => createClock(speed)).toThrow(RangeError);
});

test('the key secret of the construct is 48 letters and digits', () => {
  expect(generateSecretString({ PasswordLength: 48, ExcludePunctuation: true })).toMatch(/^[A-Za-z0-9]{48}$/);
});

test('every rule holds for any combination of them', () => {
  const rules = fc.record(
    {
      PasswordLength: fc.integer({ min: 4, max: 64 }),
      ExcludeLowercase: fc.boolean(),
      ExcludeNumbers: fc.boolean(),
      ExcludePunctuation: fc.constantFrom(true, false, 'true', 'false'),
      ExcludeCharacters: fc.string({ maxLength: 10 }),
      IncludeSpace: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(rules, (asked) => {
      const made = generateSecretString(asked);
      expect(made).toHaveLength(asked.PasswordLength ?? 32);
      if (asked.ExcludeLowercase) expect(made).not.toMatch(/[a-z]/);
      if (asked.ExcludeNumbers) expect(made).not.toMatch(/\d/);
      if (String(asked.ExcludePunctuation) === 'true') expect(made).toMatch(/^[A-Za-z0-9 ]*$/);
      for (const character of asked.ExcludeCharacters ?? '') expect(made).not.toContain(character);
      if (!asked.IncludeSpace) expect(made).not.toContain(' ');
    }),
  );
});

test('a template with a key gives JSON with the password in it', () => {
  const rules = { SecretStringTemplate: '{"user":"admin"}', GenerateStringKey: 'password', PasswordLength: 10 };
  const made = JSON.parse(generateSecretString(rules));
  expect(made).toEqual({ user: 'admin', password: expect.stringMatching(/^.{10}$/) });
});

test.each([
  { PasswordLength: 0 },
  { PasswordLength: 4097 },
  { ExcludeLowercase: true, ExcludeUppercase: true, ExcludeNumbers: true, ExcludePunctuation: true },
])('rules that no secret can meet are an error: %j', (rules) =>
  expect(() => generateSecretString(rules)).toThrow(RangeError),
);

test('a secret is made once, kept with mode 0600, and the same after a restart', () => {
  const data = temporaryFolder();
  const first = secretValues(data);
  const value = first(secret(ARN, { PasswordLength: 20 }));
  expect(first(secret(ARN))).toBe(value);
  expect(secretValues(data)(secret(ARN))).toBe(value);
  expect(first(secret(`${ARN}2`))).not.toBe(value);
  expect(first({ ...secret(`${ARN}3`), value: 'from the template' })).toBe('from the template');
  expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('a broken secrets file is an error that does not quote it', () => {
  const data = temporaryFolder();
  writeFileSync(join(data, 'secrets.json'), '{"arn": "hidden-valu');
  expect(() => secretValues(data)).toThrow(/secrets\.json is not readable as JSON/);
  expect(() => secretValues(data)).not.toThrow(/hidden/);
  expect(readFileSync(join(data, 'secrets.json'), 'utf8')).toContain('hidden');
});

test('the endpoint responds by ARN, name and partial ARN, and rejects the rest as AWS does', async () => {
  const data = temporaryFolder();
  const values = secretValues(data);
  const known = secret(ARN);
  const endpoint = await startSecretsManager([known], secretVersions(values, data), access);
  const call = async (operation: string, body: unknown) => {
    const headers = { 'x-amz-target': `secretsmanager.${operation}`, 'content-type': 'application/x-amz-json-1.1' };
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await signedFetch(endpoint.url, { service: 'secretsmanager', headers, body: text });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  for (const SecretId of [ARN, 'keys', ARN.replace('-AbCdEf', '')]) {
    const { body } = await call('GetSecretValue', { SecretId });
    expect(body).toMatchObject({ ARN, Name: 'keys', SecretString: values(known), VersionStages: ['AWSCURRENT'] });
  }
  const described = { ARN, Name: 'keys', VersionIdsToStages: { [FIRST]: ['AWSCURRENT'] } };
  expect((await call('DescribeSecret', { SecretId: 'keys' })).body).toMatchObject(described);
  expect(await call('GetSecretValue', { SecretId: 'none' })).toMatchObject({
    status: 400,
    body: { __type: 'ResourceNotFoundException' },
  });
  expect((await call('GetSecretValue', { SecretId: 'keys', VersionStage: 'AWSPENDING' })).status).toBe(400);
  expect((await call('DeleteSecret', { SecretId: 'keys' })).body['__type']).toBe('UnknownOperationException');
  expect((await call('GetSecretValue', 'no json')).body['__type']).toBe('SerializationException');
  await endpoint.close();
});

test('a rotation adds a version, moves the labels as AWS does, and is there after a restart', async () => {
  const data = temporaryFolder();
  const known = secret(ARN);
  const values = secretValues(data);
  const versions = secretVersions(values, data);
  versions.put(known, { id: 'second', value: 'two', stages: ['AWSPENDING'] });
  versions.put(known, { id: 'second', value: 'two', stages: ['AWSPENDING'] });
  expect(() => versions.put(known, { id: 'second', value: 'other', stages: [] })).toThrow(/another value/);
  const stages = () => Object.fromEntries(versions.of(known).versions.map((one) => [one.id, one.stages]));
  expect(stages()).toEqual({ [FIRST]: ['AWSCURRENT'], second: ['AWSPENDING'] });
  expect(() => versions.move(known, 'AWSCURRENT', { to: 'second' })).toThrow(/does not have it/);
  expect(() => versions.move(known, 'AWSCURRENT', { to: 'third', from: FIRST })).toThrow(/can't find/);
  versions.move(known, 'AWSCURRENT', { to: 'second', from: FIRST });
  expect(stages()).toEqual({ [FIRST]: ['AWSPREVIOUS'], second: ['AWSPENDING', 'AWSCURRENT'] });
  expect(secretVersions(values, data).of(known)).toEqual(versions.of(known));
  expect(statSync(join(data, 'secret-versions.json')).mode & 0o777).toBe(0o600);
  // A template keeps what it got when its reference was resolved.
  expect(secretValues(data)(known)).toBe(versions.of(known).versions[0]?.value);
});

test.each([
  [{ VersionId: 'second' }, 'two'],
  [{ VersionStage: 'AWSPENDING' }, 'two'],
  [{ VersionId: 'second', VersionStage: 'AWSPENDING' }, 'two'],
  [{ VersionId: null, VersionStage: null }, 'one'],
  [{ VersionId: 'second', VersionStage: 'AWSCURRENT' }, 'ResourceNotFoundException'],
  [{ VersionId: 'third' }, 'ResourceNotFoundException'],
  [{ VersionId: 2 }, 'SerializationException'],
])('GetSecretValue of %j is %s', async (input, expected) => {
  const versions = secretVersions(() => 'one');
  versions.put(secret(ARN), { id: 'second', value: 'two', stages: ['AWSPENDING'] });
  const endpoint = await startSecretsManager([secret(ARN)], versions, access);
  const headers = { 'x-amz-target': 'secretsmanager.GetSecretValue', 'content-type': 'application/x-amz-json-1.1' };
  const body = JSON.stringify({ SecretId: ARN, ...input });
  const response = await signedFetch(endpoint.url, { service: 'secretsmanager', headers, body });
  const { SecretString, __type } = (await response.json()) as Record<string, unknown>;
  expect(SecretString ?? __type).toBe(expected);
  await endpoint.close();
});
