import { spawnSync } from 'node:child_process';
import { Token } from 'aws-cdk-lib';
import { type VerificationKeys, verificationKeys } from '../../../lambdas/shared/verificationKeys.ts';
import type { PublicJwk, WarmKeys } from '../../definition/tokenIssuer.ts';

/** The authorizer reads the keys of a slower provider itself; a synth must not hang on it. */
const TIMEOUT_MS = 3_000;
/** Starting Node takes less than a second. */
const PROCESS_TIMEOUT_MS = TIMEOUT_MS + 2_000;
/** A construct is synchronous, so a child process reads the keys. It prints what it got. */
const SCRIPT = `
const response = await fetch(process.argv[1], { redirect: 'error', signal: AbortSignal.timeout(${TIMEOUT_MS}) });
if (!response.ok) throw new Error('status ' + response.status);
process.stdout.write(await response.text());`;

/**
 * Reads the keys of an issuer now.
 *
 * @returns the keys, or the reason why there are none: the synth goes on without them.
 */
export function fetchWarmKeys(jwksUri: string, now: Date = new Date()): WarmKeys | string {
  if (Token.isUnresolved(jwksUri)) return 'its address is known at deployment only';
  const args = ['--input-type=module', '--eval', SCRIPT, jwksUri];
  const { status, stdout } = spawnSync(process.execPath, args, { timeout: PROCESS_TIMEOUT_MS, encoding: 'utf8' });
  if (status !== 0) return `${jwksUri} did not return keys within ${TIMEOUT_MS / 1000} seconds`;
  const set = keySetOf(stdout);
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
