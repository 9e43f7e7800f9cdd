import { ConfigError } from '../definition/errors.ts';
import type { MathNode, MonitoredStack } from './localMonitoring.ts';

/** A running gateway and the directory of its state. */
export interface RunningGateway {
  readonly ready: Ready;
  readonly data: string;
}

/** A user of the local issuer's sign-in page. */
export interface LocalUser {
  readonly name: string;
  readonly roles: readonly string[];
  readonly tier?: string;
  readonly claims?: Readonly<Record<string, string>>;
}

/** What is public about a signing key of the local issuer. */
export interface KeySummary {
  readonly kid: string;
  readonly alg: string;
  readonly state: string;
  /** Epoch seconds. */
  readonly until?: number;
}

/** The token to request, and where. */
export interface TokenRequest extends RunningGateway {
  readonly roles: readonly string[];
  readonly tier?: string;
  readonly scopes: readonly string[];
  readonly elevated: readonly (readonly [role: string, seconds: number])[];
  readonly claims?: Readonly<Record<string, string>>;
  readonly client: string;
  readonly ttl: number;
  readonly alg?: string;
  readonly format?: 'jwt' | 'hmac' | 'opaque';
  readonly dpopKey?: string;
}

/** A client of a user pool, with its id on this machine. */
export interface PoolClient {
  readonly name: string;
  readonly id: string;
  readonly flows: readonly string[];
}

/** What the commands use of `secure-api-local`, which does not import this package. */
export interface LocalPackage {
  serve(options: {
    assembly: string;
    stack?: string;
    data: string;
    port: number;
    speed?: number;
    scan?: 'emulate' | 'hold';
    scanDelay?: number;
    notifyUrl?: string | undefined;
    runbooks?: string | undefined;
    print?: (line: string) => void;
    requests?: RequestLines;
    redact?: (text: string) => string;
    sourceMaps?: string;
    isDebugged?: boolean;
  }): Promise<{
    readonly ready: Ready;
    readonly notEmulated: readonly string[];
    readonly model: LocalModel;
    readonly services: { alarms(): readonly LocalAlarmState[]; notifications(): readonly LocalNotification[] };
    readonly clock: { now(): number; skip(ms: number): Promise<void> };
    update(change: { assembly: string; code?: Readonly<Record<string, string>> }): Promise<Ready>;
    close(): Promise<void>;
  }>;
  /** @throws `data-in-use`, `port-in-use` */
  reserve(options: { data: string; port: number }): Promise<() => void>;
  readMonitoring(
    directory: string,
    options: { stack?: string; deployed?: Readonly<Record<string, string>> },
  ): readonly MonitoredStack[];
  /** @throws when the expression has what is not computed locally */
  parseMath(expression: string): MathNode;
  exporterName(namespace: string, metric: string, statistic?: string): string;
  exporterLabel(dimension: string): string;
  requestToken(request: TokenRequest): Promise<string>;
  dpopProof(request: { keyFile: string; method: string; url: string; token?: string }): Promise<string>;
  listKeys(gateway: RunningGateway): Promise<readonly KeySummary[]>;
  rotateKeys(gateway: RunningGateway, options: { withdraw?: boolean }): Promise<readonly KeySummary[]>;
  addUser(data: string, user: LocalUser, password: string): Promise<void>;
  listUsers(data: string): readonly LocalUser[];
  removeUser(data: string, name: string): boolean;
  serveStoredLogs(data: string): Promise<{
    readonly environment: Readonly<Record<string, string>>;
    readonly logGroups: readonly string[];
    close(): Promise<void>;
  }>;
}

/** What commands read of a served stack. */
export interface LocalModel {
  readonly userPools: readonly { readonly clients: readonly PoolClient[] }[];
  readonly apis: readonly { readonly name: string }[];
  readonly alarms: readonly LocalAlarm[];
  readonly compositeAlarms: readonly {
    readonly name: string;
    readonly rule: string;
    readonly alarmActions: readonly string[];
  }[];
  readonly functions: readonly { readonly logicalId: string; readonly name: string; readonly assetPath: string }[];
  readonly eventRules: readonly {
    readonly name: string;
    readonly enabled: boolean;
    readonly pattern: Readonly<Record<string, unknown>>;
  }[];
}

/** An alarm on metrics. */
export interface LocalAlarm {
  readonly name: string;
  readonly queries: readonly {
    readonly metric?: {
      readonly namespace: string;
      readonly name: string;
      readonly dimensions: Readonly<Record<string, string>>;
    };
  }[];
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly alarmActions: readonly string[];
}

export interface LocalAlarmState {
  readonly name: string;
  readonly state: string;
}

/** A line of `notifications.jsonl`. */
export interface LocalNotification {
  /** ISO 8601, simulated time. */
  readonly timestamp?: unknown;
  readonly alarm?: unknown;
  readonly newState?: unknown;
}

/** How requests and what functions log are printed. */
export interface RequestLines {
  redact: (text: string) => string;
  format?: 'text' | 'json';
  write?: (lines: string) => void;
  paint?: (style: 'dim' | 'bold' | 'red' | 'yellow' | 'green' | 'cyan', text: string) => string;
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
  /** Environment variables that point AWS SDKs to the embedded services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every log: the name of its file, its log group, and its API where there are several. */
  readonly logs: readonly { readonly name: string; readonly logGroup: string; readonly api?: string }[];
  /** Simulated time, in which metrics and alarms are. */
  readonly clock: { readonly startedAt: number; readonly speed: number };
  readonly apis: readonly {
    readonly name: string;
    /** Its name in the definition; absent where the template documents none. */
    readonly definition?: string;
    /** What clients call. */
    readonly url: string;
    /** Behind a distribution: its plain HTTP, and the API itself, which rejects requests around the distribution. */
    readonly edge?: { readonly http: string; readonly rejectsHttp: boolean; readonly origin: string };
    /** Host names, which clients have to resolve to 127.0.0.1. */
    readonly names?: readonly ApiName[];
    /** Lowest TLS version of the policy that clients meet. */
    readonly lowestTls: '1.2' | '1.3';
    /** Absent where no name of the API asks for a certificate. */
    readonly clientCertificates?: ClientCertificates;
    /** The bucket that its revocation lists are published to. */
    readonly revocationLists?: string;
    /** ARNs of the secrets of webhooks, by name. */
    readonly webhooks?: Readonly<Record<string, string>>;
    /** Claims without which the API rejects tokens. */
    readonly requiredClaims?: readonly string[];
    /** A value that each declared claim can have, where one is known. */
    readonly claimExamples?: Readonly<Record<string, string>>;
    readonly roles: readonly string[];
    /** Those of them that tokens of the local issuer can have; absent where they can have all. */
    readonly tokenRoles?: readonly string[];
    /** The default first. */
    readonly tiers: readonly string[];
    readonly routes: readonly ServedRoute[];
    /** Who has access to which route; absent where the template documents none. */
    readonly access?: Readonly<Record<string, unknown>>;
  }[];
  /** Present where the API takes only tokens that are bound to a key (RFC 9449). */
  readonly dpop?: 'required';
}

/** A host name of a served API. */
export interface ApiName {
  /** `*.example.com` covers one label. */
  readonly name: string;
  /** With the port and the base path. That of a wildcard has an example name. */
  readonly url: string;
  /** Plain HTTP of the name, behind a distribution. */
  readonly http?: string;
  /** Headers without which a request is that of another API. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The certificates that clients of an API connect with. */
export interface ClientCertificates {
  readonly mode: 'required' | 'optional';
  /** SHA-256 fingerprints of the CAs, in hexadecimal with colons. */
  readonly authorities: readonly string[];
  readonly needsRevocationList: boolean;
  /** Which name of a certificate names the client; without an example, the name is the client, and has to be registered. */
  readonly client?: {
    readonly from: 'commonName' | 'dnsName' | 'uri' | 'email';
    readonly example?: { readonly name: string; readonly client: string };
  };
}

/** A route of a served API. */
export interface ServedRoute {
  readonly method: string;
  readonly path: string;
  /** Absent where the template documents none. */
  readonly access?:
    | { readonly kind: 'public' }
    | { readonly kind: 'webhook'; readonly sender: string }
    | { readonly kind: 'token'; readonly roles: readonly string[]; readonly scopes: readonly string[] };
  /** Path parameters that must be equal to claims of the caller. */
  readonly where?: Readonly<Record<string, string>>;
  /** Whether a request without query, body and declared headers is rejected. */
  readonly needsInput: boolean;
}

/**
 * Loads the local gateway, an optional peer dependency: teams that only deploy need no issuer and no database. A checkout
 * loads the workspace's TypeScript; the published package loads the installed package.
 *
 * @throws {ConfigError} `local-not-installed`.
 */
export async function loadLocal(): Promise<LocalPackage> {
  const module = import.meta.url.endsWith('.ts')
    ? new URL('../../local/index.ts', import.meta.url).href
    : 'secure-api-local';
  try {
    return (await import(module)) as LocalPackage;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND' || !String(error).includes(`'${module}'`))
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
