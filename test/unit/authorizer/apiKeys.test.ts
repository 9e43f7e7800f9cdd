import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyValues } from '../../../lambdas/authorizer/apiKeys.ts';
import { AuthorizerFault } from '../../../lambdas/authorizer/reasons.ts';
import { clientKey } from '../../../lambdas/shared/clientKey.ts';

const MINUTE = 60_000;

const DAY = 24 * 60 * MINUTE;

const START = Date.parse('2026-11-25T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});

afterEach(() => vi.useRealTimers());

const at = (milliseconds: number) => vi.setSystemTime(START + milliseconds);

/** Key values from a secret that can change and fail, and the ids that were read. */
function valuesOf(initial: string, environment: Readonly<Record<string, string>> = { SECURE_API_KEYS_SECRET: 'keys' }) {
  let value: string | Error = initial;
  const read: string[] = [];
  const current = async (id: string) => {
    read.push(id);
    if (value instanceof Error) throw value;
    return value;
  };
  const version = async (id: string, versionId: string) => `${await current(`${id}/${versionId}`)}-${versionId}`;
  const keys = keyValues({ current, previous: async () => undefined, version }, environment);
  const setSecret = (next: string | Error) => {
    value = next;
  };
  return { keys, read, setSecret };
}

describe('the key of a tier', () => {
  it.each([20, 21, 127, 128])('is the tier and the secret, such as of %i characters', async (length) => {
    const secret = 's'.repeat(length - 'free-'.length);
    expect(await valuesOf(secret).keys.ofTier('free')).toBe(`free-${secret}`);
  });

  it.each([6, 19, 129, 500])('cannot have %i characters', async (length) => {
    await expect(valuesOf('s'.repeat(length - 'free-'.length)).keys.ofTier('free')).rejects.toEqual(
      new AuthorizerFault('configuration-invalid', new Error('API key values have 20 to 128 characters')),
    );
  });
});

describe('the key of a client', () => {
  it('is derived from the secret, the client and its version', async () => {
    const { keys } = valuesOf('secret');
    expect(await keys.ofClient('acme', { keyVersion: 2 })).toBe(clientKey('secret', 'acme', 2));
    expect(await keys.ofClient('acme', { keyVersion: 3 })).toBe(clientKey('secret', 'acme', 3));
    expect(await keys.ofClient('acme', { keyVersion: 2 })).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('a key whose secret is in memory', () => {
  it('is no promise, also of a version that a record names', async () => {
    const { keys, read } = valuesOf('s'.repeat(30));
    const record = { keyVersion: 2, secretVersion: 'v7' };
    const all = () => [keys.ofTier('free'), keys.ofClient('acme', { keyVersion: 2 }), keys.ofClient('acme', record)];
    const first = all();
    expect(first.map((key) => typeof key)).toEqual(['object', 'object', 'object']);
    const values = await Promise.all(first);
    expect(all()).toEqual(values);
    expect(read).toEqual(['keys', 'keys/v7']);
    at(15 * MINUTE);
    expect(all().map((key) => typeof key)).toEqual(['object', 'object', 'string']);
  });

  it('is right while more versions are read than are kept, whichever comes first', async () => {
    const { keys } = valuesOf('secret');
    const ids = Array.from({ length: 30 }, (_, i) => `v${i % 10}`);
    const wanted = ids.map((id) => clientKey(`secret-${id}`, 'acme', 1));
    const keyOf = (id: string) => keys.ofClient('acme', { keyVersion: 1, secretVersion: id });
    expect(await Promise.all(ids.map(keyOf))).toEqual(wanted);
    for (const [i, id] of ids.entries()) expect(await keyOf(id)).toBe(wanted[i]);
  });
});

describe('the key of a client whose record names a version of the secret', () => {
  it('is derived from that version, which is read once', async () => {
    const { keys, read } = valuesOf('secret');
    const record = { keyVersion: 2, secretVersion: 'v7' };
    expect(await keys.ofClient('acme', record)).toBe(clientKey('secret-v7', 'acme', 2));
    at(10 * DAY);
    expect(await keys.ofClient('other', record)).toBe(clientKey('secret-v7', 'other', 2));
    expect(read).toEqual(['keys/v7']);
  });

  it('is an error while that version cannot be read, and read again by the next call', async () => {
    const { keys, setSecret } = valuesOf('secret');
    const record = { keyVersion: 2, secretVersion: 'v7' };
    const cause = new Error('no response');
    setSecret(cause);
    await expect(keys.ofClient('acme', record)).rejects.toEqual(new AuthorizerFault('secret-unreachable', cause));
    setSecret('secret');
    expect(await keys.ofClient('acme', record)).toBe(clientKey('secret-v7', 'acme', 2));
  });

  it('is right for many versions, one after the other', async () => {
    const { keys } = valuesOf('secret');
    for (const round of [1, 2]) {
      for (let i = 0; i < 20; i++) {
        const value = await keys.ofClient('acme', { keyVersion: round, secretVersion: `v${i}` });
        expect(value).toBe(clientKey(`secret-v${i}`, 'acme', round));
      }
    }
  });
});

describe('the secret of the keys', () => {
  const first = 'first-secret-of-the-keys';
  const second = 'second-secret-of-the-keys';

  it('is the one that the environment names', async () => {
    const { keys, read } = valuesOf(first);
    await keys.ofTier('free');
    expect(read).toEqual(['keys']);
    const unnamed = valuesOf(first, {});
    await unnamed.keys.ofTier('free');
    expect(unnamed.read).toEqual(['']);
  });

  it('is cached for fifteen minutes, then read again', async () => {
    const { keys, read, setSecret } = valuesOf(first);
    await keys.ofTier('free');
    setSecret(second);
    at(15 * MINUTE - 1);
    expect(await keys.ofTier('free')).toBe(`free-${first}`);
    expect(read).toHaveLength(1);
    at(15 * MINUTE);
    expect(await keys.ofTier('free')).toBe(`free-${second}`);
    expect(read).toHaveLength(2);
  });

  it('works for a day while it cannot be read, with one attempt a second', async () => {
    const { keys, read, setSecret } = valuesOf(first);
    await keys.ofTier('free');
    setSecret(new Error('unreachable'));
    at(DAY - 1001);
    expect(await keys.ofTier('free')).toBe(`free-${first}`);
    at(DAY - 2);
    expect(await keys.ofTier('free')).toBe(`free-${first}`);
    expect(read).toHaveLength(2);
    at(DAY - 1);
    expect(await keys.ofTier('free')).toBe(`free-${first}`);
    expect(read).toHaveLength(3);
    at(DAY);
    await expect(keys.ofTier('free')).rejects.toMatchObject({ reason: 'secret-unreachable' });
  });

  it('is an error on our side with its cause if it cannot be read, and is read again by the next call', async () => {
    const { keys, setSecret } = valuesOf(first);
    const cause = new Error('no response');
    setSecret(cause);
    const fault = new AuthorizerFault('secret-unreachable', cause);
    await expect(keys.ofTier('free')).rejects.toEqual(fault);
    await expect(keys.ofClient('acme', { keyVersion: 1 })).rejects.toEqual(fault);
    setSecret(first);
    expect(await keys.ofTier('free')).toBe(`free-${first}`);
  });
});

describe('the API key of a tier and its secret', () => {
  const ofTier = (secret: string) => {
    const reads: string[] = [];
    const current = async (id: string) => {
      reads.push(id);
      if (secret === '') throw new Error('down');
      return secret;
    };
    const secrets = { current, version: current, previous: async () => undefined };
    const values = keyValues(secrets, { SECURE_API_KEYS_SECRET: 'keys' });
    return { reads, keyOf: () => values.ofTier('free') };
  };

  it('contains the secret that the environment names, read once', async () => {
    const { reads, keyOf } = ofTier('s'.repeat(32));
    expect([await keyOf(), await keyOf()]).toEqual(Array(2).fill(`free-${'s'.repeat(32)}`));
    expect(reads).toEqual(['keys']);
  });

  it.each([15, 123])('can have any length that API Gateway allows: a secret of %i', async (length) => {
    expect(await ofTier('s'.repeat(length)).keyOf()).toHaveLength(length + 5);
  });

  it.each([14, 124])('is an error if API Gateway would reject it: a secret of %i', async (length) => {
    await expect(ofTier('s'.repeat(length)).keyOf()).rejects.toThrow(
      /^configuration-invalid: API key values have 20 to 128 characters$/,
    );
  });

  it('is an error on our side while the secret is unreachable', async () => {
    await expect(ofTier('').keyOf()).rejects.toThrow(/^secret-unreachable: down$/);
  });
});
