import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { getCACertificates } from 'node:tls';
import { ConfigError } from '../../definition/errors.ts';
import { findGateway } from '../findGateway.ts';
import type { Ready } from '../localPackage.ts';
import { DEFAULT_DATA, invalidOption, missingOption, unreadable } from '../options.ts';
import type { ClientIdentity } from './observe/handshake.ts';

/** What names the endpoints and whom to trust. */
export interface TargetOptions {
  readonly ca?: string;
  readonly readyFile?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A URL, and what the ready file of a local gateway says about it. */
export interface Endpoint {
  readonly url: URL;
  /** Where plain HTTP is. */
  readonly httpPort?: number;
  /** Where the name leads, which no DNS has. */
  readonly address?: string;
  /** Lowest TLS version of its policy. */
  readonly floor?: '1.2' | '1.3';
  /** What a request needs to reach the API. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is examined, and what is trusted. */
export interface CheckTargets {
  readonly endpoints: readonly Endpoint[];
  /** PEM, one certificate each. */
  readonly trusted: readonly string[];
  /** The user named the CA. */
  readonly ownCa: boolean;
  readonly identity?: ClientIdentity;
}

const MAX_URLS = 50;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * Reads arguments and files. Without a URL, those of the local gateway. A CA of the user replaces those of Node.js.
 *
 * @throws {ConfigError} `option-missing`, `option-invalid`, `file-unreadable` or `gateway-not-running`.
 */
export function targetsOf(given: readonly string[], options: TargetOptions): CheckTargets {
  const { ca, readyFile } = options;
  const ready = readyFile === undefined ? undefined : findGateway({ readyFile, data: DEFAULT_DATA });
  const known = endpointsOf(ready);
  const endpoints = given.length > 0 ? given.map((text) => endpointOf(urlOf(text), known)) : known;
  if (endpoints.length === 0 || endpoints.length > MAX_URLS) {
    throw missingOption({
      location: 'URL',
      found: endpoints.length === 0 ? 'no URL' : `${endpoints.length} URLs`,
      expected: `1 to ${MAX_URLS} https URLs, or the ready file of a local gateway`,
      fix: 'Name what to examine, such as https://api.example.com',
    });
  }
  const files = [...(ca === undefined ? [] : [ca]), ...(ready === undefined ? [] : [ready.ca])];
  const own = files.flatMap(certificatesIn);
  const identity = identityOf(options);
  return {
    endpoints,
    trusted: files.length > 0 ? own : getCACertificates('default'),
    ownCa: files.length > 0,
    ...(identity && { identity }),
  };
}

/** The address on this machine that names of the local gateway lead to. */
const LOOPBACK = '127.0.0.1';

/** Where clients connect: `localhost`, and each name. URLs without a rule of their own are examined once. */
function endpointsOf(ready: Ready | undefined): readonly Endpoint[] {
  const all = (ready?.apis ?? []).flatMap(({ url, edge, names = [], lowestTls: floor }): Endpoint[] => [
    { url: urlOf(url), floor, ...httpPortOf(edge?.http) },
    ...names.map(({ url: own, http, headers }) => ({
      url: urlOf(own),
      floor,
      address: LOOPBACK,
      ...httpPortOf(http),
      ...(headers && { headers }),
    })),
  ]);
  return [...new Map(all.map((each) => [JSON.stringify([each.url, each.headers]), each])).values()];
}

function httpPortOf(http: string | undefined): Pick<Endpoint, 'httpPort'> {
  return http === undefined ? {} : { httpPort: Number(new URL(http).port) };
}

/** What is known about a URL: that of its own URL, or of another with the same host and port. Headers choose between APIs, so a URL has none. */
function endpointOf(url: URL, known: readonly Endpoint[]): Endpoint {
  const found = known.find((one) => one.url.host === url.host);
  if (found === undefined) return { url };
  const { headers: _, ...rest } = found;
  return { ...rest, url };
}

function urlOf(text: string): URL {
  // A name alone is what people type.
  const name = isIPv6(text) ? `[${text}]` : text;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(name) ? name : `https://${name}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (url?.protocol === 'https:' && url.username === '' && url.password === '' && url.port !== '0') {
    url.hash = '';
    return url;
  }
  throw invalidOption({
    location: 'URL',
    // Everything before the last @ can be a password, also where the text is no URL.
    found: JSON.stringify(text.replace(/^.*@/s, '…@')),
    expected: 'an https URL without user and password',
    fix: 'Write https://api.example.com or https://api.example.com:8443/health',
  });
}

function certificatesIn(file: string): readonly string[] {
  const found = read(file, '--ca').match(CERTIFICATE) ?? [];
  try {
    for (const pem of found) new X509Certificate(pem);
    if (found.length > 0) return found;
  } catch {
    // Reported below: one that cannot be parsed is like none.
  }
  throw unreadable({
    location: file,
    found: 'no certificate that can be read',
    expected: 'one or more certificates of CAs as PEM',
    fix: 'Name the file of the CA, not that of its key.',
  });
}

function identityOf({ cert, key }: TargetOptions): ClientIdentity | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw missingOption({
      location: cert === undefined ? '--cert' : '--key',
      found: 'only one of --cert and --key',
      expected: 'both',
      fix: 'Name the client certificate and its key.',
    });
  }
  const identity = { cert: read(cert, '--cert'), key: read(key, '--key') };
  if (isPair(identity)) return identity;
  throw invalidOption({
    location: '--key',
    found: `${key}, which is not the key of ${cert}`,
    expected: 'PEM files of a certificate and its key, which is not encrypted',
    fix: 'Name the files that belong together.',
  });
}

function isPair({ cert, key }: ClientIdentity): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function read(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError({
      code: 'file-unreadable',
      location: `${option} ${file}`,
      found: (error as NodeJS.ErrnoException).code ?? 'an error',
      expected: 'a file that can be read',
      fix: 'Check the path and its owner.',
    });
  }
}
