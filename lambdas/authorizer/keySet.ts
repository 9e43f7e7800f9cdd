import type { WarmKeys } from '../../lib/definition/tokenIssuer.ts';
import { callHttp } from '../shared/callHttp.ts';
import { logLine } from '../shared/logLine.ts';
import { writeLines } from '../shared/output.ts';
import { shownName } from '../shared/redact.ts';
import { type RefreshingValue, type RefreshOptions, refreshingValue } from '../shared/refreshingValue.ts';
import { READING, ResponseTooLarge, withRetries } from '../shared/retry.ts';
import { dependency } from '../shared/trace/measure.ts';
import {
  MAX_KEY_SET_BYTES,
  type VerificationKey,
  type VerificationKeys,
  verificationKeys,
} from '../shared/verificationKeys.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';

/** Keys are reloaded after at most ten minutes, so that a key withdrawn by the issuer stops working. */
export const MAX_AGE_MS = 600_000;
/** From this age on, keys are reloaded in the background, so that requests do not wait for the issuer. */
export const REFRESH_MS = 480_000;
/** While the issuer is unreachable, cached keys work for an hour, unless `staleSeconds` is set. */
const STALE_MS = 3_600_000;
/** Unknown key ids cause at most one request to the issuer in this time; in between they are rejected at once. */
export const PAUSE_MS = 10_000;
/** A slower issuer counts as unreachable, because the authorizer has its own timeout. */
const LIMITS = { timeoutMs: 4_000, retries: 1 };
/** Keys of one id that are tried, so that a token costs a limited number of verifications. */
const MAX_TRIED = 8;
/** Skipped keys that one line of the log lists. */
const MAX_LOGGED = 16;

/** The fetch in traces and times. Its address is in the settings, and names the tenant of some issuers. */
const ISSUER = { service: 'issuer', span: 'fetch keys', attributes: { 'http.request.method': 'GET' } };

type Header = { readonly alg?: string; readonly kid?: string };

/** The published keys of one issuer. */
export interface KeySet {
  /**
   * The keys of a header's `kid` that fit its algorithm, at least one. Without a `kid`, it is the only key of the issuer that
   * fits.
   *
   * @throws {TokenRejected} `key-id-missing`, `key-unknown` or `key-unfit`.
   * @throws {AuthorizerFault} `keys-unreachable`, or `keys-unusable` if no key of the set is fit.
   */
  keysFor(header: Header): readonly VerificationKey[] | Promise<readonly VerificationKey[]>;
  /** Reloads the keys, unless that was just done, then works like {@link keysFor}. */
  newKeysFor(header: Header): Promise<readonly VerificationKey[]>;
  /** Begins to read the keys before a request needs them; a failure is that of the first request. */
  prepare(): void;
}

/** How keys are cached. */
export interface KeySetOptions {
  /** Maximum age of cached keys while the issuer is unreachable. */
  readonly staleSeconds?: number;
  /** Keys that were read at synth: used as if this instance had read them then. */
  readonly warm?: WarmKeys;
}

/**
 * Caches the JSON Web Key Set (RFC 7517) of an issuer, with one fetch at a time. An unknown key id never waits for a second
 * one. Which keys are fit is decided once for each set that is read; the others are logged, again only if they change.
 */
export function keySetAt(jwksUri: string, { staleSeconds, warm }: KeySetOptions = {}): KeySet {
  const logSkipped = skippedLogger(jwksUri);
  const indexed = (set: VerificationKeys) => {
    logSkipped(set);
    return indexOf(set);
  };
  const keys = refreshingValue(async () => indexed(parseSet(await readSet(jwksUri))), {
    refreshMs: REFRESH_MS,
    maxAgeMs: MAX_AGE_MS,
    staleMs: staleSeconds === undefined ? STALE_MS : staleSeconds * 1000,
    pauseMs: PAUSE_MS,
    initial: warm && initialOf(warm, indexed),
  });
  return {
    keysFor(header) {
      const foundIn = (set: IndexedKeys) => find(set, header) ?? this.newKeysFor(header);
      const young = keys.young();
      return young === undefined ? readKeys(keys, 'get').then(foundIn) : foundIn(young);
    },
    async newKeysFor(header) {
      const set = await readKeys(keys, 'renew');
      const found = find(set, header);
      if (found !== undefined) return found;
      if (set.keys.length === 0) throw new AuthorizerFault('keys-unusable', new Error('no key of the set is fit'));
      throw new TokenRejected('key-unknown');
    },
    prepare: keys.prepare,
  };
}

/** Fit keys, found by their id. */
interface IndexedKeys {
  readonly keys: readonly VerificationKey[];
  readonly byId: ReadonlyMap<string, readonly VerificationKey[]>;
  /** Ids of keys that are not fit. */
  readonly skippedIds: ReadonlySet<string>;
}

function indexOf({ keys, skipped }: VerificationKeys): IndexedKeys {
  const named = keys.filter(({ kid }) => kid !== undefined);
  return {
    keys,
    byId: Map.groupBy(named, ({ kid = '' }) => kid),
    skippedIds: new Set(skipped.flatMap(({ kid }) => kid ?? [])),
  };
}

/** Ignores keys whose read time is in the future, because they would not be reloaded in time. */
function initialOf(
  warm: WarmKeys,
  indexed: (set: VerificationKeys) => IndexedKeys,
): RefreshOptions<IndexedKeys>['initial'] {
  const at = Date.parse(warm.readAt);
  const set = at <= Date.now() ? verificationKeys(warm) : undefined;
  return set === undefined ? undefined : { value: indexed(set), at };
}

/** @returns undefined if no key has this id, or none is fit; the issuer could have added one since. */
function find(
  { keys, byId, skippedIds }: IndexedKeys,
  { alg = '', kid }: Header,
): readonly VerificationKey[] | undefined {
  if (keys.length === 0) return undefined;
  if (kid === undefined) return [onlyKey(keys, alg)];
  const named = byId.get(kid);
  if (named === undefined && !skippedIds.has(kid)) return undefined;
  const [only] = named ?? [];
  if (named?.length === 1 && only?.algorithms.includes(alg) === true) return named;
  const fit = (named ?? []).filter(({ algorithms }) => algorithms.includes(alg)).slice(0, MAX_TRIED);
  if (fit.length === 0) throw new TokenRejected('key-unfit');
  return fit;
}

/** OpenID Connect Core, section 10.1: with several keys, a token names its own. */
function onlyKey(keys: readonly VerificationKey[], alg: string): VerificationKey {
  const [first, ...others] = keys.filter(({ algorithms }) => algorithms.includes(alg));
  if (first === undefined) throw new TokenRejected('key-unfit');
  const isSame = ({ jwk }: VerificationKey) => JSON.stringify(jwk) === JSON.stringify(first.jwk);
  if (!others.every(isSame)) throw new TokenRejected('key-id-missing');
  return first;
}

/** A failure to read keys is an error on our side, not a fault of the token. */
async function readKeys(keys: RefreshingValue<IndexedKeys>, how: 'get' | 'renew'): Promise<IndexedKeys> {
  try {
    return await keys[how]();
  } catch (cause) {
    throw cause instanceof AuthorizerFault ? cause : new AuthorizerFault('keys-unreachable', cause);
  }
}

/** @throws {AuthorizerFault} `keys-unusable` for a set that is too large; any other error without a good response. */
async function readSet(jwksUri: string): Promise<Buffer> {
  const read = (signal: AbortSignal) => callHttp(jwksUri, { signal, maxBytes: MAX_KEY_SET_BYTES });
  const { status, bytes } = await dependency(ISSUER, () => withRetries(LIMITS, read, READING)).catch(
    (error: unknown) => {
      throw error instanceof ResponseTooLarge ? new AuthorizerFault('keys-unusable', error) : error;
    },
  );
  if (status !== 200) throw new Error(`the issuer returned ${status} for its keys`);
  return bytes;
}

/** @throws {AuthorizerFault} `keys-unusable`. */
function parseSet(bytes: Buffer): VerificationKeys {
  const set = verificationKeys(parseJson(bytes));
  if (set === undefined)
    throw new AuthorizerFault('keys-unusable', new Error('the response is not a JSON Web Key Set'));
  return set;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Makes the function that logs which keys are skipped and why, without anything of the keys but their ids. */
function skippedLogger(jwksUri: string): (set: VerificationKeys) => void {
  let logged = '[]';
  return ({ skipped }) => {
    const keys = skipped
      .slice(0, MAX_LOGGED)
      .map(({ position, kid, fault }) => ({ position, kid: kid === undefined ? undefined : shownName(kid), fault }));
    const summary = JSON.stringify([...keys, ...(skipped.length > MAX_LOGGED ? [skipped.length] : [])]);
    if (summary === logged) return;
    logged = summary;
    if (skipped.length === 0) return;
    const entry = { jwksUri, skipped: skipped.length, keys };
    // Many issuers publish keys for encryption in the same set.
    const isExpected = skipped.every(({ fault }) => fault === 'use-other');
    const line = logLine()(isExpected ? 'INFO' : 'WARN', 'keys of the issuer were skipped', entry);
    writeLines(isExpected ? process.stdout : process.stderr, line);
  };
}
