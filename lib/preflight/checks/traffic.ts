import { isRecord } from '../../../lambdas/shared/json.ts';
import { ACCOUNT_RATE, USABLE_SHARE } from '../../limits/index.ts';
import type { ApiGatewaySettings } from '../facts/apiGateway.ts';
import type { LambdaSettings } from '../facts/services.ts';
import { error, ok, shellWord, warning } from '../finding.ts';
import type { CheckContext, Result } from './context.ts';
import { increase } from './quotas.ts';

/**
 * Lambda keeps at least so many instances for functions without a reservation. New accounts start with fewer, which a request
 * uses up quickly: the authorizer and the handler run one after the other, each in an instance.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
const UNRESERVED_AT_LEAST = 100;
/** Above this share of the storage for code, somebody should know. */
const STORAGE_NEAR = 0.9;
const GIGABYTE = 1024 ** 3;
/** What AWS gives an account that has been in use for a while. */
const USUAL_CONCURRENCY = 1_000;

/** Reports logs that nobody writes: API Gateway writes them as a role of the account. */
export function checkLogRole(context: CheckContext, { logRole }: ApiGatewaySettings): readonly Result[] {
  const { template, account } = context;
  const logs = template.ofType('AWS::ApiGateway::Stage').filter(({ properties }) => isLogging(properties));
  if (logs.length === 0 || template.ofType('AWS::ApiGateway::Account').length > 0) return [];
  if (logRole !== undefined) return [ok(logRole)];
  return [
    error({
      code: 'log-role-missing',
      found: 'no role with which API Gateway writes logs',
      expected: 'a role in the settings of API Gateway, which all APIs of the region share',
      fix: logRoleFix(account, context),
    }),
  ];
}

function isLogging({ AccessLogSetting, MethodSettings }: Readonly<Record<string, unknown>>): boolean {
  const methods = Array.isArray(MethodSettings) ? MethodSettings.filter(isRecord) : [];
  return AccessLogSetting !== undefined || methods.some(({ LoggingLevel = 'OFF' }) => LoggingLevel !== 'OFF');
}

function logRoleFix(account: string, { region, partition }: CheckContext): string {
  const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}`;
  return [
    `aws iam create-role --role-name apigateway-logs --assume-role-policy-document '${trust}'`,
    `aws iam attach-role-policy --role-name apigateway-logs --policy-arn arn:${partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
    `aws apigateway update-account --region ${region} --patch-operations op=replace,path=/cloudwatchRoleArn,value=arn:${partition}:iam::${account}:role/apigateway-logs`,
  ].join('\n');
}

/** Compares the concurrency of the account with what the template reserves. `released`: what deployed functions give back. */
export function checkConcurrency(
  { template, region }: CheckContext,
  { concurrency, unreserved }: LambdaSettings,
  released: number,
): readonly Result[] {
  const reserved = reservedBy(template.ofType('AWS::Lambda::Function').map(({ properties }) => properties));
  const rest = unreserved + released - reserved;
  const fix = increase(
    'lambda',
    'L-B99A9384',
    Math.max(USUAL_CONCURRENCY, concurrency + UNRESERVED_AT_LEAST - rest),
    region,
  );
  const expected = `at least ${UNRESERVED_AT_LEAST} instances that no function reserves`;
  if (reserved > 0 && rest < UNRESERVED_AT_LEAST) {
    const found = `${reserved} reserved by the template of the ${unreserved + released} that are free (${concurrency} in all)`;
    return [error({ code: 'concurrency-reserved', found, expected, fix })];
  }
  if (rest >= UNRESERVED_AT_LEAST) return [ok(`${rest} of ${concurrency} instances without a reservation`)];
  const found = `${rest} of ${concurrency} instances for all functions: more requests at once are throttled`;
  return [warning({ code: 'concurrency-low', found, expected, fix })];
}

/** Reports code of functions and layers that is about to fill the storage of Lambda. */
export function checkCodeStorage({ region }: CheckContext, { codeUsed, codeLimit }: LambdaSettings): readonly Result[] {
  const gigabytes = (bytes: number) => Math.ceil((bytes / GIGABYTE) * 10) / 10;
  if (codeUsed <= codeLimit * STORAGE_NEAR) return [];
  return [
    warning({
      code: 'quota-near',
      found: `${gigabytes(codeUsed)} GB of code`,
      expected: `less than ${STORAGE_NEAR * 100}% of the ${gigabytes(codeLimit)} GB of the region`,
      fix: increase('lambda', 'L-2ACBD22F', gigabytes(codeLimit) * 2, region),
    }),
  ];
}

/** The instances that functions reserve together. */
export function reservedBy(functions: readonly Readonly<Record<string, unknown>>[]): number {
  return functions.reduce((sum, { ReservedConcurrentExecutions: own }) => sum + (Number(own ?? 0) || 0), 0);
}

/** Compares every throttle of the template with the one of the account. A higher one never takes effect. */
export function checkThrottles(context: CheckContext, { rate, burst }: ApiGatewaySettings): readonly Result[] {
  const throttles = throttlesOf(context);
  if (throttles.length === 0) return [];
  const over = throttles.filter((one) => one.rate > rate || one.burst > burst);
  // The stage's throttle follows the account's, unless a prop sets it; other limits need a higher quota.
  const fix = [
    contextFix(context.region),
    increase('apigateway', 'L-8A5B8E43', Math.max(...throttles.map((one) => one.rate)), context.region),
  ].join('\n');
  if (over.length > 0) {
    const found = over.map((one) => `${one.location} ${one.rate} (burst ${one.burst})`).join(', ');
    return [
      error({
        code: 'throttle-above-account',
        found,
        expected: `at most ${rate} (burst ${burst}), the account's`,
        fix,
      }),
    ];
  }
  const sum = throttles.filter(({ isTier }) => isTier).reduce((total, one) => total + one.rate, 0);
  const usable = Math.floor(rate * USABLE_SHARE);
  if (sum <= usable) return [ok(`${rate} requests a second, burst ${burst}`)];
  return [
    warning({
      code: 'tiers-above-share',
      found: `tiers that allow ${sum} requests a second together`,
      expected: `at most ${usable}, so that headroom is left under the account's ${rate}`,
      fix: increase('apigateway', 'L-8A5B8E43', Math.ceil(sum / USABLE_SHARE), context.region),
    }),
  ];
}

interface Throttle {
  readonly location: string;
  readonly rate: number;
  readonly burst: number;
  /** Whether it is the limit of a whole tier. */
  readonly isTier: boolean;
}

function throttlesOf({ template }: CheckContext): readonly Throttle[] {
  const stages = template.ofType('AWS::ApiGateway::Stage').flatMap(({ id, properties }) =>
    listOf(properties['MethodSettings']).map((setting) => ({
      location: `${id} ${String(setting['HttpMethod'])} ${String(setting['ResourcePath']).replaceAll('~1', '/')}`,
      rate: Number(setting['ThrottlingRateLimit'] ?? 0),
      burst: Number(setting['ThrottlingBurstLimit'] ?? 0),
      isTier: false,
    })),
  );
  const plans = template.ofType('AWS::ApiGateway::UsagePlan').flatMap(({ id, properties }) => {
    const of = (location: string, isTier: boolean, throttle: unknown): readonly Throttle[] =>
      isRecord(throttle)
        ? [{ location, rate: Number(throttle['RateLimit'] ?? 0), burst: Number(throttle['BurstLimit'] ?? 0), isTier }]
        : [];
    const methods = listOf(properties['ApiStages']).flatMap(({ Throttle }) =>
      isRecord(Throttle) ? Object.entries(Throttle) : [],
    );
    return [
      ...of(id, true, properties['Throttle']),
      ...methods.flatMap(([method, one]) => of(`${id} ${method}`, false, one)),
    ];
  });
  return [...stages, ...plans];
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Compares the rate that the synth used with the account's. */
export function checkAccountRate(
  { region }: CheckContext,
  written: unknown,
  { rate }: ApiGatewaySettings,
): readonly Result[] {
  const fix = contextFix(region);
  const expected = `${ACCOUNT_RATE}: ${rate} in cdk.context.json`;
  if (written === undefined) {
    const found = `no ${ACCOUNT_RATE} in the context, so the synth assumes the default of AWS`;
    return [warning({ code: 'account-rate-unset', found, expected, fix })];
  }
  if (Number(written) === rate) return [ok(`${rate} requests a second`)];
  return [warning({ code: 'account-rate-other', found: `${ACCOUNT_RATE}: ${JSON.stringify(written)}`, expected, fix })];
}

function contextFix(region: string): string {
  return `npx secure-api preflight --write-context --region ${shellWord(region)}`;
}
