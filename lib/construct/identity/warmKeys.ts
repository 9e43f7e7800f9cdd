import { spawnSync } from 'node:child_process';
import { Token } from 'aws-cdk-lib';
import {
  MAX_KEY_SET_BYTES,
  type VerificationKeys,
  verificationKeys,
} from '../../../lambdas/shared/verificationKeys.ts';
import type { PublicJwk, WarmKeys } from '../../definition/tokenIssuer.ts';

/** The authorizer reads the keys of a slower provider itself; a synth must not hang on it. */
const TIMEOUT_MS = 3_000;
/** Starting Node takes less than a second. */
const PROCESS_TIMEOUT_MS = TIMEOUT_MS + 2_000;
/** A construct is synchronous, so a child process reads the keys. It prints them, or the reason why there are none. */
const SCRIPT = `
async function read(url, maxBytes) {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(${TIMEOUT_MS}) });
  if (response.status !== 200) return { reason: 'returned the status ' + response.status };
  const parts = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > maxBytes) return { reason: 'returned more than ' + maxBytes + ' bytes' };
    parts.push(part);
  }
  return { json: Buffer.concat(parts).toString() };
}
const slow = 'did not return keys within ${TIMEOUT_MS / 1000} seconds';
const reasonOf = ({ name, cause }) => name === 'TimeoutError' ? slow : 'did not return keys: ' + (cause?.code ?? cause?.message ?? name);
const result = await read(process.argv[1], Number(process.argv[2])).catch((error) => ({ reason: reasonOf(error) }));
process.stdout.write(JSON.stringify(result));`;

/**
 * Reads the keys of an issuer now.
 *
 * @returns the keys, or the reason why there are none: the synth goes on without them.
 */
export function fetchWarmKeys(jwksUri: string, now: Date = new Date()): WarmKeys | string {
  if (Token.isUnresolved(jwksUri)) return 'its address is known at deployment only';
  const args = ['--input-type=module', '--eval', SCRIPT, jwksUri, String(MAX_KEY_SET_BYTES)];
  const options = { timeout: PROCESS_TIMEOUT_MS, maxBuffer: Number.POSITIVE_INFINITY, encoding: 'utf8' } as const;
  const { status, stdout } = spawnSync(process.execPath, args, options);
  if (status !== 0) return `${jwksUri} did not return keys within ${TIMEOUT_MS / 1000} seconds`;
  const { json, reason } = JSON.parse(stdout) as { readonly json?: string; readonly reason?: string };
  if (json === undefined) return `${jwksUri} ${reason}`;
  const set = keySetOf(json);
  if (set === undefined) return `${jwksUri} returned something that is not a key set`;
  if (set.keys.length === 0) return `${jwksUri} returned no key that is fit to verify signatures`;
  return { readAt: now.toISOString(), keys: bundledKeys(set) };
}

/** The keys that are fit, with the members that a signature needs alone: certificates would make bundles large. */
export function bundledKeys({ keys }: VerificationKeys): readonly PublicJwk[] {
  return keys.map(({ kid, jwk, algorithms }) => {
    const [alg, ...others] = algorithms;
    return {
      ...jwk,
      ...(kid === undefined ? {} : { kid }),
      ...(alg === undefined || others.length > 0 ? {} : { alg }),
      use: 'sig',
    };
  });
}

function keySetOf(json: string): VerificationKeys | undefined {
  try {
    return verificationKeys(JSON.parse(json));
  } catch {
    return undefined;
  }
}
