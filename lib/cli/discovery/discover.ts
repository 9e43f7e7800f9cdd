import {
  MAX_KEY_SET_BYTES,
  type VerificationKeys,
  verificationKeys,
} from '../../../lambdas/shared/verificationKeys.ts';
import { formatValue } from '../../definition/checks/check.ts';
import {
  type DiscoveredIssuer,
  hasQueryOrFragment,
  isAlgorithm,
  SIGNATURE_ALGORITHMS,
  unambiguousUrl,
} from '../../definition/discoveredIssuer.ts';
import { ConfigError, type ConfigFault } from '../../definition/errors.ts';
import { invalidOption } from '../options.ts';
import { type JsonResult, readJson } from './readJson.ts';

/** Documents in the field have a few kilobytes. */
const MAX_DOCUMENT_BYTES = 262_144;
/** For each document, from the start of the connection to the last byte. */
const TIMEOUT_MS = 10_000;
/** The variable of the authorizer has room for a few addresses, and a terminal for one line. */
const MAX_ADDRESS_LENGTH = 1024;
/** A URL without characters that a shell reads: the error shows it in a command, and the issuer chooses it. */
const SAFE_IN_SHELL = /^https:\/\/[\w.~:/%@+,=-]+$/;
/** Hosts of this machine that a user names on purpose. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** Where keys do not name their algorithm and none is advertised, they can be for any that fits: these are the usual ones. */
const USUAL: readonly string[] = ['RS256', 'ES256', 'EdDSA'];

/** The document that was read, with its address. */
interface IssuerDocument {
  readonly url: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Reads and checks what an issuer publishes about itself: OpenID Connect Discovery 1.0, sections 4 and 4.3, or RFC 8414,
 * sections 3 and 3.3; then its keys (RFC 7517).
 *
 * @throws {ConfigError} `option-invalid` for an issuer that is not an https URL; `discovery-failed` when a document cannot be
 * read, is about another issuer, or leads to keys that the authorizer could not use.
 */
export async function discoverIssuer(issuer: string, now: Date): Promise<DiscoveredIssuer> {
  const url = issuerUrl(issuer);
  const loopback = LOOPBACK.test(url.hostname);
  const document = await readMetadata(url, loopback);
  requireSameIssuer(document, issuer);
  const jwksUri = keysAddress(document);
  const keys = await readKeys(jwksUri, loopback);
  const algorithms = algorithmsOf(document, keys);
  return { issuer, jwksUri: jwksUri.href, algorithms, readAt: now.toISOString() };
}

function issuerUrl(issuer: string): URL {
  const url = unambiguousUrl(issuer);
  if (url?.protocol === 'https:' && !hasQueryOrFragment(issuer)) return url;
  throw invalidOption({
    location: 'ISSUER',
    found: formatValue(issuer),
    expected: 'an https URL without query and fragment, as the iss claim of its tokens',
    fix: 'Copy iss from a token, or the issuer from the console of the provider.',
  });
}

/** The OpenID document, or for a server without one that of an OAuth server, whose path follows the well-known part. */
async function readMetadata(issuer: URL, loopback: boolean): Promise<IssuerDocument> {
  const path = issuer.pathname.replace(/\/$/, '');
  const addresses = [
    `${issuer.origin}${path}/.well-known/openid-configuration`,
    `${issuer.origin}/.well-known/oauth-authorization-server${path}`,
  ];
  const reasons: string[] = [];
  for (const url of addresses) {
    const result: JsonResult = await readJson(new URL(url), {
      maxBytes: MAX_DOCUMENT_BYTES,
      timeoutMs: TIMEOUT_MS,
      loopback,
    });
    if ('json' in result) return { url, metadata: recordOf(url, result.json) };
    reasons.push(`${url} ${result.reason}`);
    if (!result.isAbsent) break;
  }
  throw failed({
    location: 'ISSUER',
    found: reasons.join('; '),
    expected: 'a discovery document',
    fix: 'Check the issuer; if it publishes no document, give issuer, jwksUri and algorithms to Identity.oidc().',
  });
}

function recordOf(url: string, value: unknown): IssuerDocument['metadata'] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw failed({ location: url, found: 'JSON of another kind', expected: 'an object', fix: 'Check the issuer.' });
}

/** A document about another issuer would give its keys power over the tokens of this one. */
function requireSameIssuer({ url, metadata }: IssuerDocument, issuer: string): void {
  const found = metadata['issuer'];
  if (found === issuer) return;
  const isTemplate = typeof found === 'string' && found.includes('{tenantid}');
  const isUrl = typeof found === 'string' && found.length <= MAX_ADDRESS_LENGTH && SAFE_IN_SHELL.test(found);
  const fix = isTemplate
    ? 'Give the issuer of one tenant. For several, use Identity.entra({ tenants }), which needs no file.'
    : isUrl
      ? `If that is the iss claim of its tokens, run the command with ${found}`
      : 'Ask the provider.';
  throw failed({ location: `${url} issuer`, found: formatValue(found), expected: issuer, fix });
}

function keysAddress({ url, metadata }: IssuerDocument): URL {
  const found = metadata['jwks_uri'];
  const address = typeof found === 'string' ? unambiguousUrl(found) : undefined;
  const isShort = (address?.href.length ?? 0) <= MAX_ADDRESS_LENGTH;
  if (address?.protocol === 'https:' && address.hash === '' && isShort) return address;
  const expected = `an https URL of at most ${MAX_ADDRESS_LENGTH} characters`;
  const fix = 'Keys that are read without TLS can be replaced on the way: ask the provider.';
  throw failed({ location: `${url} jwks_uri`, found: formatValue(found), expected, fix });
}

async function readKeys(address: URL, loopback: boolean): Promise<VerificationKeys> {
  const result = await readJson(address, { maxBytes: MAX_KEY_SET_BYTES, timeoutMs: TIMEOUT_MS, loopback });
  const set = 'json' in result ? verificationKeys(result.json) : undefined;
  const fix = 'The authorizer reads the same address: ask the provider.';
  if ('reason' in result) {
    throw failed({ location: address.href, found: `${address.host} ${result.reason}`, expected: 'a key set', fix });
  }
  if (set === undefined) {
    throw failed({ location: address.href, found: 'JSON of another kind', expected: 'a key set (RFC 7517)', fix });
  }
  if (set.skipped.some(({ fault }) => fault === 'private')) {
    throw failed({
      location: address.href,
      found: 'a private key',
      expected: 'public keys',
      fix: 'Anybody can sign with it: report it to the provider.',
    });
  }
  if (set.keys.length > 0) return set;
  const found = set.skipped.map(({ position, fault }) => `[${position}] ${fault}`).join(', ') || 'no key';
  throw failed({ location: address.href, found, expected: 'at least one key that is fit to verify signatures', fix });
}

/** Those that the issuer advertises, that a key fits, and that the authorizer verifies. */
function algorithmsOf({ url, metadata }: IssuerDocument, { keys }: VerificationKeys): DiscoveredIssuer['algorithms'] {
  const advertised = metadata['id_token_signing_alg_values_supported'];
  const fit = keys.flatMap(({ algorithms: [one, ...others] }) =>
    one !== undefined && others.length === 0
      ? [one]
      : [one ?? '', ...others].filter((name) => isUsual(advertised, name)),
  );
  const isUsed = (name: string) => fit.includes(name) && (!Array.isArray(advertised) || advertised.includes(name));
  const algorithms = SIGNATURE_ALGORITHMS.filter(isUsed);
  if (algorithms.length > 0) return algorithms;
  throw failed({
    location: `${url} id_token_signing_alg_values_supported`,
    found: `${formatValue(advertised)} with keys for ${[...new Set(fit)].filter(isAlgorithm).join(', ') || 'none of them'}`,
    expected: `one of ${SIGNATURE_ALGORITHMS.join(', ')}`,
    fix: 'Let the issuer sign with RS256 or ES256.',
  });
}

function isUsual(advertised: unknown, name: string): boolean {
  return Array.isArray(advertised) || USUAL.includes(name);
}

function failed(fault: Omit<ConfigFault, 'code'>): ConfigError {
  return new ConfigError({ code: 'discovery-failed', ...fault });
}
