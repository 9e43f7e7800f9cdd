/**
 * The interfaces between the modules of the local gateway. Each module implements its own and receives the others as
 * arguments, so that each is tested alone.
 */
import type { CertificateClientHint } from './assembly/certificateHint.ts';
import type { ApiKeyModel, StackModel } from './assembly/model.ts';
import type { RouteModel } from './assembly/routeModel.ts';

/** Simulated time for metrics, alarms and quota periods. Tokens, rate buckets and timeouts use real time. */
export interface Clock {
  /** Simulated milliseconds since the epoch. */
  now(): number;
  /** How many simulated seconds pass in one real second (1 unless `--speed`). */
  readonly speed: number;
  /** Calls the listener each time that time was skipped, until the returned function is called. @default - no time is skipped */
  onSkip?(listener: () => void): () => void;
}

/** A clock whose owner can skip time. */
export interface MovableClock extends Clock {
  /** Lets time pass at once; resolves when the alarms of that time are evaluated. */
  skip(ms: number): Promise<void>;
}

export type InvokeResult =
  | { readonly kind: 'ok'; readonly payload: unknown }
  /** The handler threw, returned an error, or its worker died. `errorType`/`message` as Lambda reports them. */
  | { readonly kind: 'error'; readonly errorType: string; readonly message: string }
  | { readonly kind: 'timeout' }
  /** The event is larger than Lambda accepts. */
  | { readonly kind: 'too-large' }
  | { readonly kind: 'throttled' }
  /** The caller was gone before an instance was free. */
  | { readonly kind: 'abandoned' };

/** The trace that an event belongs to, as X-Ray has it. */
export interface InvocationTrace {
  /** `1-5759e988-bd862e3fe1be46a994272793`. */
  readonly root: string;
  /** The segment of the caller, where it records the trace. */
  readonly segmentId?: string;
}

/** A part of the work of a request, as the functions and the gateway report it. */
export interface TraceSpan {
  /** 32 hexadecimal digits, also for X-Ray. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  /** ISO 8601. */
  readonly start: string;
  readonly durationMs: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** What else an invocation has. */
export interface InvokeOptions {
  /** What the event belongs to. @default - a new trace, which is not recorded */
  readonly trace?: InvocationTrace | undefined;
  /** Whether nobody waits for the result any more: the event is dropped then, unless it has an instance. @default - somebody does */
  readonly isAbandoned?: (() => boolean) | undefined;
}

/** Runs the stack's functions, each in isolated workers from its asset. */
export interface LambdaRunner {
  invoke(functionArn: string, event: unknown, requestId: string, options?: InvokeOptions): Promise<InvokeResult>;
  /** Ends the workers. */
  close(): Promise<void>;
}

/** Receives what CloudWatch would receive. */
export interface Telemetry {
  /** One datum of a metric; unit-less. */
  metric(namespace: string, name: string, dimensions: Readonly<Record<string, string>>, value: number): void;
  /** A log event; runs metric filters of the group, and extracts EMF documents. Written to `<data>/logs`, with the note, which explains it, below. */
  log(logGroup: string, message: string, note?: string): void;
}

/** The API keys of the stack: those of its template, and those that were added since. */
export interface ApiKeys {
  byValue(value: string): ApiKeyModel | undefined;
}

/** What each key has used of the quota of its plan: written by the gateway, read by the control plane. */
export interface UsageRecords {
  /** Registers how to read the requests of a key in a plan in the current period. */
  register(planId: string, keyId: string, read: () => number): void;
  /** Undefined for a key that was not used since the start. */
  find(planId: string, keyId: string): number | undefined;
}

export interface AlarmState {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason: string;
  /** ISO 8601, simulated time. */
  readonly changedAt: string;
}

/** Everything that stands in for an AWS service, started for one stack. */
export interface Services {
  readonly telemetry: Telemetry;
  /** `AWS_*` variables that point the functions' SDK clients at the embedded services. */
  readonly environment: Readonly<Record<string, string>>;
  alarms(): readonly AlarmState[];
  /** Notifications so far, oldest first; also one JSON a line in `<data>/notifications.jsonl`. */
  notifications(): readonly Readonly<Record<string, unknown>>[];
  /** The latest spans of requests, oldest first; all of this run are one JSON a line in `<data>/traces.jsonl`. */
  traces(): readonly TraceSpan[];
  close(): Promise<void>;
}

/** What happens to objects in buckets that the stack has scanned for malware. */
export interface ScanOptions {
  /**
   * `emulate` releases every object but the EICAR test file; `hold` scans none, so that all stay in quarantine.
   * @default - `emulate`
   */
  readonly scan?: 'emulate' | 'hold';
  /** Seconds from the upload of an object to the result of its scan. @default - 1 */
  readonly scanDelay?: number;
}

export interface ServeOptions extends ScanOptions {
  /** The cloud assembly directory (`cdk.out`). */
  readonly assembly: string;
  /** Stack name, needed when the assembly holds several stacks with an API. */
  readonly stack?: string;
  /** Where state lives: CA, tables, secrets, logs, notifications. */
  readonly data: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly speed?: number;
  /** A webhook on this machine that gets every notification, signed with the key in `<data>/notify-secret`. @default - none */
  readonly notifyUrl?: string;
  /** Folder of the runbooks that notifications name. @default - they link to them */
  readonly runbooks?: string;
  /** Receives messages, of one line or several; the CLI prints them. */
  readonly print?: (line: string) => void;
  /** Also prints each request and what functions log. @default - prints neither */
  readonly requests?: RequestLines;
  /**
   * Hides the secrets in an error of code that an update cannot load, and in the source that the log files have below an error.
   * @default - that of `requests`, and without it nothing is hidden
   */
  readonly redact?: (text: string) => string;
  /**
   * A directory of source maps, each named by the bundle that it is of: `<SHA-256 of its index.mjs, hex>.map`. Errors then show the
   * lines of the sources. @default - they show those of the bundles
   */
  readonly sourceMaps?: string;
  /**
   * A debugger can stop functions, so nothing ends them: functions and integrations have no timeout, and each function has one worker.
   * @default - false
   */
  readonly isDebugged?: boolean;
}

/** How requests and what functions log are printed. */
export interface RequestLines {
  /** Hides the secrets in a string; JSON stays JSON. */
  readonly redact: (text: string) => string;
  /** `json` writes one document a line. @default - `text` */
  readonly format?: 'text' | 'json';
  /** Receives the lines. @default - `print` of the options */
  readonly write?: (lines: string) => void;
  /** Adds a style to a string. @default - none */
  readonly paint?: (style: LineStyle, text: string) => string;
}

/** A style of the terminal. */
export type LineStyle = 'dim' | 'bold' | 'red' | 'yellow' | 'green' | 'cyan';

/** A host name of an API on this machine. */
export interface ApiName {
  /** In lower case; `*.example.com` covers one label. */
  readonly name: string;
  /** With the port and the base path, such as `https://api.example.com:8443/notes`. That of a wildcard has an example name. */
  readonly url: string;
  /** Its plain HTTP, behind a distribution. */
  readonly http?: string;
  /** Headers that a request needs to be the API's: names in lower case, with a value each. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The certificates that clients of an API connect with. */
export interface ClientCertificates {
  readonly mode: 'required' | 'optional';
  /** SHA-256 fingerprints of the CAs, in hexadecimal with colons. */
  readonly authorities: readonly string[];
  /** Whether a certificate is rejected until the revocation list of its CA is published. */
  readonly needsRevocationList: boolean;
  /** Which name of a certificate names the client; absent where tokens alone do. */
  readonly client?: CertificateClientHint;
}

/** What `--ready-file` receives once the gateway serves. */
export interface Ready {
  /** `https://localhost:<port>` of the first API. */
  readonly url: string;
  /** Path of the CA certificate in PEM. */
  readonly ca: string;
  /** The embedded issuer, also over HTTPS under the same CA. */
  readonly issuer: string;
  readonly pid: number;
  /** The data directory, absolute. */
  readonly data: string;
  /** The embedded DynamoDB, on loopback; `environment` has the credentials. */
  readonly dynamodb: string;
  /** The metrics of CloudWatch in OpenMetrics text, for a Prometheus on this machine. */
  readonly metricsUrl: string;
  /** Variables by which AWS SDKs reach the embedded services instead of AWS. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every API of the stack. */
  readonly apis: readonly {
    readonly name: string;
    /** Its name in the definition; absent where the template documents none. */
    readonly definition?: string;
    /** What clients call: the distribution in front of the API where there is one. */
    readonly url: string;
    /**
     * Behind a distribution: its plain HTTP, which is redirected or rejected, and the API itself, which rejects requests that do not come
     * through the distribution.
     */
    readonly edge?: { readonly http: string; readonly rejectsHttp: boolean; readonly origin: string };
    /**
     * The host names of the API, each with its URL on this machine: clients need the address 127.0.0.1 (`curl --resolve`). @default - the API has none
     */
    readonly names?: readonly ApiName[];
    /** Lowest TLS version of the policy that clients meet. */
    readonly lowestTls: '1.2' | '1.3';
    /** What clients need certificates for; absent where no name of the API asks for one. */
    readonly clientCertificates?: ClientCertificates;
    /** The bucket that its revocation lists are published to. */
    readonly revocationLists?: string;
    /** ARNs of the secrets that senders of webhooks sign with, by the names of the webhooks. */
    readonly webhooks?: Readonly<Record<string, string>>;
    /** Claims that a request for a token has to name, because the API rejects tokens without them. */
    readonly requiredClaims?: readonly string[];
    /** A value that each declared claim can have, where one is known. */
    readonly claimExamples?: Readonly<Record<string, string>>;
    /** Roles of the API, when its template documents them. */
    readonly roles: readonly string[];
    /** Those of them that tokens of the local issuer can have. @default - all, because no role map applies to these tokens */
    readonly tokenRoles?: readonly string[];
    /** Its tiers, the default first. */
    readonly tiers: readonly string[];
    readonly routes: readonly RouteModel[];
    /** Who has access to which route, when its template documents it: metadata `secure-api` of the REST API. */
    readonly access?: Readonly<Record<string, unknown>>;
  }[];
  /** Every log: its name, which is that of its file, its log group, and the API that it belongs to, where there are several. */
  readonly logs: readonly { readonly name: string; readonly logGroup: string; readonly api?: string }[];
  /** Simulated time, in which metrics and alarms are: it began at `startedAt`, in milliseconds since 1970, and runs `speed` times as fast. */
  readonly clock: { readonly startedAt: number; readonly speed: number };
  /** Present where every token issuer requires tokens that are bound to a key (RFC 9449). */
  readonly dpop?: 'required';
}

/** What a gateway serves from an update on. */
export interface AssemblyChange {
  /** The cloud assembly directory; the stack is chosen as at the start. */
  readonly assembly: string;
  /**
   * Directories with code that is newer than that of the assembly, by the directories of the assets (real paths) that they
   * replace. An asset without an entry is loaded from the assembly, also when an earlier update had replaced it. Directories
   * of the last update have to stay until the next one.
   */
  readonly code?: Readonly<Record<string, string>>;
}

export interface LocalGateway {
  /** Of the last update. */
  readonly ready: Ready;
  readonly model: StackModel;
  readonly services: Services;
  /** The simulated time. To skip it takes less real time than any speed, and nothing is left out. */
  readonly clock: Pick<MovableClock, 'now' | 'skip'>;
  /** What of the stack is not emulated, a sentence each. */
  readonly notEmulated: readonly string[];
  /**
   * Serves another assembly from now on, and resolves when each new request gets it. Requests in flight end with what they
   * began with. URLs, credentials and data stay. Updates run one after the other.
   *
   * @throws when the assembly cannot be served: an `AssemblyError`, `function-not-loaded`, `restart-needed`, or the error of a
   * service. Then everything goes on as before.
   */
  update(change: AssemblyChange): Promise<Ready>;
  close(): Promise<void>;
}
