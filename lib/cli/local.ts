import { ConfigError } from '../definition/errors.ts';

/** A running gateway and the directory of its state. */
export interface RunningGateway {
  readonly ready: Ready;
  readonly data: string;
}

/** A user that the local issuer's sign-in page knows. */
export interface LocalUser {
  readonly name: string;
  readonly roles: readonly string[];
  readonly tier?: string;
}

/** A signing key of the local issuer, as far as it may be told. */
export interface KeySummary {
  readonly kid: string;
  readonly alg: string;
  readonly state: string;
  /** Epoch seconds. */
  readonly until?: number;
}

/** What a token is asked for with. */
export interface TokenWish extends RunningGateway {
  readonly roles: readonly string[];
  readonly tier?: string;
  readonly scopes: readonly string[];
  readonly elevated: readonly (readonly [role: string, seconds: number])[];
  readonly client: string;
  readonly ttl: number;
  readonly alg?: string;
  readonly format?: 'jwt' | 'hmac' | 'opaque';
  readonly dpopKey?: string;
}

/** What the commands use of `secure-api-local`; the package itself knows nothing of this one. */
export interface LocalPackage {
  serve(options: {
    assembly: string;
    stack?: string;
    data: string;
    port: number;
    speed?: number;
    print?: (line: string) => void;
  }): Promise<{ readonly ready: Ready; close(): Promise<void> }>;
  requestToken(request: TokenWish): Promise<string>;
  dpopProof(request: { keyFile: string; method: string; url: string; token?: string }): Promise<string>;
  listKeys(location: RunningGateway): Promise<readonly KeySummary[]>;
  rotateKeys(location: RunningGateway, options: { withdraw?: boolean }): Promise<readonly KeySummary[]>;
  addUser(data: string, user: LocalUser, password: string): Promise<void>;
  listUsers(data: string): readonly LocalUser[];
  removeUser(data: string, name: string): boolean;
}

/** The ready file of a running gateway. */
export interface Ready {
  readonly url: string;
  readonly ca: string;
  readonly issuer: string;
  readonly pid: number;
  readonly data: string;
  /** Endpoint of the embedded DynamoDB. */
  readonly dynamodb: string;
  /** Variables by which AWS SDKs reach the embedded services. */
  readonly environment: Readonly<Record<string, string>>;
  readonly apis: readonly { readonly name: string; readonly url: string }[];
}

/**
 * Loads the local gateway, an optional peer: teams that only deploy do not install an issuer and a database. A source
 * checkout runs the workspace's TypeScript; the package runs the installed package.
 *
 * @throws {ConfigError} `local-not-installed`.
 */
export async function loadLocal(): Promise<LocalPackage> {
  const location = import.meta.url.endsWith('.ts')
    ? new URL('../../local/index.ts', import.meta.url).href
    : 'secure-api-local';
  try {
    return (await import(location)) as LocalPackage;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND' || !String(error).includes(`'${location}'`))
      throw error;
    throw new ConfigError({
      code: 'local-not-installed',
      location: 'secure-api-local',
      found: 'no such package',
      expected: 'the local gateway, of the same version',
      fix: 'Install it: npm install --save-dev secure-api-local.',
    });
  }
}
