import { spawnSync } from 'node:child_process';
import { Token } from 'aws-cdk-lib';
import type { PublicJwk, WarmKeys } from '../../definition/tokenIssuer.ts';

/** The authorizer reads the keys of a slower provider itself; a synth must not hang on it. */
const TIMEOUT_MS = 3_000;
/** Starting Node takes less than a second. */
const PROCESS_TIMEOUT_MS = TIMEOUT_MS + 2_000;
/** What a key needs for a signature (RFC 7517, section 4; RFC 7518, section 6); certificates would make bundles large. */
const MEMBERS = ['kty', 'kid', 'use', 'alg', 'n', 'e', 'crv', 'x', 'y'];

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
  const keys = keysOf(stdout);
  return keys === undefined
    ? `${jwksUri} returned something that is not a key set`
    : { readAt: now.toISOString(), keys };
}

/** Public keys for signatures, each with the members that it needs alone. */
function keysOf(json: string): readonly PublicJwk[] | undefined {
  try {
    const { keys } = JSON.parse(json) as { readonly keys: readonly PublicJwk[] };
    const signing = keys.filter(({ kty, use }) => typeof kty === 'string' && use !== 'enc');
    return signing.map((key) =>
      Object.fromEntries(Object.entries(key).filter(([name]) => MEMBERS.includes(name))),
    ) as PublicJwk[];
  } catch {
    return undefined;
  }
}
