import type { ReadableContext } from '../shared/wireContract.ts';

/** What the runtime reads of a proxy event of a REST API (API Gateway Developer Guide, "Lambda proxy integrations"). */
export interface ProxyEvent {
  /** Path template, such as `/documents/{id}`. */
  readonly resource: string;
  /** Path as sent. */
  readonly path?: string;
  readonly httpMethod: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  /** Decoded by the gateway. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
  /** Still percent-encoded: a REST API passes them as sent. */
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly requestId?: string;
    /** Milliseconds since the epoch. */
    readonly requestTimeEpoch?: number;
    readonly authorizer?: ReadableContext | null;
    readonly identity?: { readonly sourceIp?: string | null };
  };
}

/** What a proxy integration returns. */
export interface ProxyResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that are sent once for each value, such as `set-cookie`. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  /** The body is bytes in base64. */
  readonly isBase64Encoded?: boolean;
}

/** What the runtime uses of the Lambda context. */
export interface LambdaContext {
  readonly awsRequestId?: string;
  readonly functionName?: string;
  getRemainingTimeInMillis?(): number;
}

/** Without a deadline, as in tests: an integration lasts 29 s at most (API Gateway quotas). */
const LONGEST_RUN_MS = 30_000;

/** Milliseconds after which Lambda ends the function. */
export function remainingMs(context: LambdaContext): number {
  return context.getRemainingTimeInMillis?.() ?? LONGEST_RUN_MS;
}

/** A Lambda function behind a proxy integration. */
export type LambdaHandler = (event: ProxyEvent, context: LambdaContext) => Promise<ProxyResult>;

/** All values of a header, whatever the case of its name; each spelling adds values. */
export function headerValues(event: ProxyEvent, name: string): readonly string[] {
  const many = spelled(event.multiValueHeaders, name);
  if (many.length > 0) return many.flatMap((values) => values ?? []);
  return spelled(event.headers, name).flatMap((value) => value ?? []);
}

const NOTHING: readonly never[] = [];

/** The members of a name in lower case. Each request looks for ten names or so among all of its headers, so this creates nothing in vain. */
function spelled<T>(headers: Readonly<Record<string, T>> | null | undefined, name: string): readonly T[] {
  let found: T[] | undefined;
  for (const key in headers) {
    if (key.length !== name.length || key.toLowerCase() !== name || !Object.hasOwn(headers, key)) continue;
    found ??= [];
    found.push(headers[key] as T);
  }
  return found ?? NOTHING;
}
