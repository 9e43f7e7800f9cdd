import { noRegion, UNAUTHENTICATED, unusableCredentials } from '../aws/credentialFaults.ts';
import { principalArn } from '../aws/principal.ts';
import { loadSdk, type Sdk } from '../aws/sdk.ts';
import { READS, type ReadName } from './reads.ts';

const CLIENTS = [
  'acm',
  'apiGateway',
  'cloudFormation',
  'cloudWatchLogs',
  'cognito',
  'dynamoDb',
  'lambda',
  'route53',
  'secretsManager',
  'serviceQuotas',
  'sns',
  'ssm',
  'waf',
] as const;
/** More attempts than the three of the SDK: many calls at once meet the throttles of the control planes. */
const ATTEMPTS = 6;
/** A list with more pages than this is not read to its end: an account of that size needs another tool. */
const MAX_PAGES = 60;

/** What every call passes to the SDK. */
interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** One page of a list. */
interface Page<T> {
  readonly items: readonly T[] | undefined;
  readonly next: string | undefined;
}

/** An AWS account in one region, as the caller's credentials see it. */
export interface Account {
  readonly id: string;
  readonly region: string;
  readonly partition: string;
  readonly sdk: Sdk<(typeof CLIENTS)[number]>;
  /** The settings of every client. */
  readonly config: { readonly region: string; readonly maxAttempts?: number };
  /** Makes one call of {@link READS}. Throws {@link ReadFailure}, or a `ConfigError` for credentials that AWS rejects. */
  read<T>(name: ReadName, call: (options: CallOptions) => Promise<T>): Promise<T>;
  /** Reads all pages of a list. Throws {@link ReadFailure} for one with very many. */
  list<T>(
    name: ReadName,
    call: (options: CallOptions, token: string | undefined) => Promise<Page<T>>,
  ): Promise<readonly T[]>;
}

/** A call that gave no result. Unless the service says that there is nothing, it says nothing about the account. */
export class ReadFailure extends Error {
  /** The IAM action of the call. */
  readonly action: string;
  readonly isDenied: boolean;
  /** What the service returned: the code of its error, and its message. */
  readonly response: string;

  constructor(action: string, message: string, { isDenied = false, response = '' } = {}) {
    super(message);
    this.name = 'ReadFailure';
    this.action = action;
    this.isDenied = isDenied;
    this.response = response;
  }
}

/** Turns the failure with which a service says that there is nothing into nothing. */
export function noneIf(pattern: RegExp): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof ReadFailure && !error.isDenied && pattern.test(error.response)) return undefined;
    throw error;
  };
}

/**
 * Opens the account of the caller's credentials. The first call is the one that needs no right (STS GetCallerIdentity): it shows
 * whether the credentials are valid at all.
 *
 * @throws {ConfigError} `sdk-not-installed`, `option-missing` without a region, `credentials-unusable`.
 */
export async function openAccount(region: string | undefined, deadline: AbortSignal): Promise<Account> {
  const sdk = await loadSdk(...CLIENTS);
  const probe = new sdk.ssm.SSMClient(region === undefined ? {} : { region });
  const actual = await probe.config.region().catch(() => Promise.reject(noRegion()));
  const credentials = await probe.config
    .credentials()
    .catch((error: unknown) => Promise.reject(unusableCredentials(error)));
  const arn = await principalArn({ region: actual, credentials }).catch((error: unknown) =>
    Promise.reject(/returned 4/.test(String(error)) ? unusableCredentials(error) : error),
  );
  const [, partition = 'aws', , , id = ''] = arn.split(':');
  const config = { region: actual, ...(process.env['AWS_MAX_ATTEMPTS'] === undefined && { maxAttempts: ATTEMPTS }) };
  const read: Account['read'] = async (name, call) => {
    try {
      return await call({ abortSignal: deadline });
    } catch (error) {
      throw failure(name, error, deadline);
    }
  };
  const list: Account['list'] = async (name, call) => {
    const items = [];
    let token: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const at = token;
      const { items: more = [], next } = await read(name, (options) => call(options, at));
      items.push(...more);
      if (next === undefined || next === '') return items;
      token = next;
    }
    throw new ReadFailure(READS[name].action, `${name} has more than ${MAX_PAGES} pages`);
  };
  return { id, region: actual, partition, sdk, config, read, list };
}

/** Codes of a missing right, which differ from service to service. */
const DENIED = /AccessDenied|UnauthorizedOperation|AuthorizationError|Forbidden|NotAuthorized/;

function failure(name: ReadName, error: unknown, deadline: AbortSignal): Error {
  const { action } = READS[name];
  const {
    name: code = '',
    message = '',
    $metadata,
  } = (error ?? {}) as Partial<Error> & {
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  if (deadline.aborted) return new ReadFailure(action, `${name} got no response before the deadline`);
  if (UNAUTHENTICATED.test(code)) return unusableCredentials(error);
  const response = `${code}: ${message}`;
  if (DENIED.test(code) || $metadata?.httpStatusCode === 403) {
    return new ReadFailure(action, `access denied: ${name} needs the right ${action}`, { isDenied: true, response });
  }
  return new ReadFailure(action, `${name} failed with ${response}`, { response });
}
