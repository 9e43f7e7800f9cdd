import { ConfigError } from '../definition/errors.ts';

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
  requestToken(request: {
    ready: Ready;
    data: string;
    roles: readonly string[];
    tier: string;
    client: string;
    ttl: number;
  }): Promise<string>;
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
  const place = import.meta.url.endsWith('.ts')
    ? new URL('../../local/index.ts', import.meta.url).href
    : 'secure-api-local';
  try {
    return (await import(place)) as LocalPackage;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND' || !String(error).includes(`'${place}'`))
      throw error;
    throw new ConfigError({
      code: 'local-not-installed',
      place: 'secure-api-local',
      found: 'no such package',
      expected: 'the local gateway, of the same version',
      mend: 'Install it: npm install --save-dev secure-api-local.',
    });
  }
}
