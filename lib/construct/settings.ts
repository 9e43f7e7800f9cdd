import { Names, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { ResponseMode } from '../definition/bundledTypes.ts';
import { formatValue } from '../definition/checks/check.ts';
import { DEFAULT_STAGE } from '../definition/defaultStage.ts';
import { checkProblemTypeBase } from '../openapi/index.ts';
import { invalid, within } from './invalid.ts';
import { accountRate, defaultThrottle } from './limits/accountRate.ts';
import { requireBudgets } from './monitoring/budget.ts';
import { checkRecipients } from './monitoring/recipients.ts';
import type { SecureApiProps, StageThrottle } from './props.ts';
import type { Removal } from './removal/removal.ts';
import { type TracingSettings, tracingOf } from './tracing.ts';

/** The scalar props, checked, every default filled in. */
export interface Settings extends TracingSettings {
  /** Unique in the region: the name of the REST API, of its metrics, and of what belongs to it. */
  readonly name: string;
  /** Requests a second that the account may serve in the region; undefined when the context does not give it. */
  readonly accountRate: number | undefined;
  readonly stageName: string;
  /** Undefined where the default depends on the identities. */
  readonly authorizerCacheSeconds: number | undefined;
  readonly throttle: StageThrottle;
  /** Undefined: the secret of the API keys is not rotated. */
  readonly keyRotationDays: number | undefined;
  readonly logRetention: RetentionDays;
  /** Undefined: all lines. */
  readonly allowedLinesPerMinute: number | undefined;
  readonly removal: Removal;
  readonly logRemovalPolicy: RemovalPolicy;
  /** Undefined where the default is to be used. */
  readonly problemTypeBase: string | undefined;
  readonly responses: ResponseMode;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * API Gateway and the dashboard have one name; the metric names of the web ACL, the shortest, take 128 with their endings.
 */
const LONGEST_NAME = 80;
/** Short, because a cached decision outlives the token. */
const LONGEST_CACHE_SECONDS = 300;
const LARGEST_THROTTLE = 1_000_000;
/** https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html */
const STAGE_NAME = /^[A-Za-z0-9_-]{1,128}$/;
/** Names that Lambda accepts. https://docs.aws.amazon.com/lambda/latest/api/API_Environment.html */
const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]+$/;
/** Variables of Lambda, and those that the functions read themselves. */
const RESERVED =
  /^(AWS_|LAMBDA_TASK_ROOT$|LAMBDA_RUNTIME_DIR$|SECURE_API_|POWERTOOLS_SERVICE_NAME$|POWERTOOLS_METRICS_NAMESPACE$)/;
/** All variables of a function together. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_ENVIRONMENT_BYTES = 4096;

/**
 * Checks the scalar props, recipients and the budget, and fills in defaults.
 *
 * @throws {ConfigError} `option-invalid`, `notify-invalid`.
 */
export function settingsOf(scope: Construct, props: Omit<SecureApiProps, 'definition'>): Settings {
  checkRecipients(props.notify);
  requireBudgets(scope, props.budget);
  const account = accountRate(scope);
  return {
    name: Names.uniqueResourceName(scope, { maxLength: LONGEST_NAME, separator: '-' }),
    accountRate: account,
    stageName: stageName(props.stageName === undefined ? DEFAULT_STAGE : props.stageName),
    authorizerCacheSeconds: cacheSeconds(props.authorizerCacheSeconds),
    keyRotationDays: rotationDays(props.keyRotationDays),
    throttle: throttle(props.throttle ?? defaultThrottle(account)),
    logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
    allowedLinesPerMinute: props.allowedLinesPerMinute,
    removal: props.removal ?? 'retain',
    logRemovalPolicy: logRemovalPolicy(props),
    ...tracingOf(props.tracing),
    problemTypeBase: props.problemTypeBase === undefined ? undefined : checkProblemTypeBase(props.problemTypeBase),
    responses: responseMode(props.responses === undefined ? 'report' : props.responses),
    environment: environment(props.environment ?? {}),
  };
}

/** A retained log is kept with `RETAIN_ON_UPDATE_OR_DELETE`: after a first deployment that failed nothing is worth keeping. */
function logRemovalPolicy({ removal, logRemovalPolicy: policy }: Pick<SecureApiProps, 'removal' | 'logRemovalPolicy'>) {
  if (policy === undefined || policy === RemovalPolicy.DESTROY) return RemovalPolicy.DESTROY;
  if (removal !== 'destroy') return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
  throw invalid({
    location: 'logRemovalPolicy',
    found: `${policy} with removal: 'destroy'`,
    expected: 'RemovalPolicy.DESTROY, or none',
    fix: "Leave it out, or choose removal: 'retain': the logs could not be read without the key.",
  });
}

function cacheSeconds(seconds: number | undefined): number | undefined {
  const fix = 'A longer cache would accept tokens long after their issuer stopped.';
  return seconds === undefined
    ? undefined
    : within('authorizerCacheSeconds', seconds, { min: 0, max: LONGEST_CACHE_SECONDS, fix });
}

function rotationDays(days: number | undefined): number | undefined {
  const fix = 'Keys of the last rotation are in use for a day, and a year is as good as never.';
  return days === undefined ? undefined : within('keyRotationDays', days, { min: 7, max: 365, fix });
}

function stageName(name: string): string {
  if (typeof name === 'string' && STAGE_NAME.test(name)) return name;
  const expected = '1–128 letters, digits, _ and -';
  throw invalid({
    location: 'stageName',
    found: formatValue(name),
    expected,
    fix: 'API Gateway accepts no other name.',
  });
}

function responseMode(mode: ResponseMode): ResponseMode {
  if (mode === 'enforce' || mode === 'report') return mode;
  const fix = 'Choose what happens to a response that its route does not declare.';
  throw invalid({ location: 'responses', found: formatValue(mode), expected: 'enforce or report', fix });
}

function throttle({ rate, burst }: StageThrottle): StageThrottle {
  const bounds = { min: 1, max: LARGEST_THROTTLE, fix: 'It limits all clients together; tiers limit each.' };
  return { rate: within('throttle.rate', rate, bounds), burst: within('throttle.burst', burst, bounds) };
}

function environment(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(variables);
  const reserved = names.filter((name) => RESERVED.test(name));
  if (reserved.length > 0) {
    throw invalid({
      location: 'environment',
      found: reserved.join(', '),
      expected: 'names that are not reserved',
      fix: 'Lambda or the functions read these variables themselves: choose other names.',
    });
  }
  const [fault] = variableFaults(variables);
  if (fault === undefined) return variables;
  throw invalid({ location: 'environment', ...fault });
}

/** What is wrong with the variables of a function. A value that is known only at deployment counts with its length here. */
export function variableFaults(variables: Readonly<Record<string, unknown>>) {
  const invalidNames = Object.keys(variables).filter((name) => !VARIABLE_NAME.test(name));
  const bytes = Object.entries(variables)
    .flat()
    .filter((part) => typeof part === 'string');
  const total = bytes.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  const faults = [
    invalidNames.length > 0 && {
      found: invalidNames.map(formatValue).join(', '),
      expected: 'names of a letter, followed by at least one letter, digit or _',
      fix: 'Lambda accepts no other names: rename the variables.',
    },
    total > LARGEST_ENVIRONMENT_BYTES && {
      found: `${total} bytes of names and values`,
      expected: `at most ${LARGEST_ENVIRONMENT_BYTES} bytes, those of the construct included`,
      fix: 'Lambda accepts no more: keep large values in a parameter or a secret, or in a module that handlers import.',
    },
  ];
  return faults.filter((fault) => fault !== false);
}
