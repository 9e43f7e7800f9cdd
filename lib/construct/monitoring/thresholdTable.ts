import { type Amount, amount, type Members } from '../../definition/shape.ts';
import { P99_BOUNDS } from '../../definition/sloBounds.ts';
import { AUTHORIZER_TIMEOUT_SECONDS } from '../identity/authorization.ts';
import type { AlarmThresholds } from './thresholds.ts';

/**
 * In five minutes, at the 10,000 requests a second of an account.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const MOST_REQUESTS = 3_000_000;
/** Above the concurrency of any account: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html has 1,000 as default. */
const MOST_FUNCTIONS = 100_000;
/** ACM issues certificates for 198 days: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html */
const LONGEST_CERTIFICATE_DAYS = 197;
/** Trust, days left, TLS version and HSTS of a name. */
const FAULTS_OF_A_NAME = 4;

const AT_MOST = `and an account serves ${MOST_REQUESTS} requests in that time.`;
const COUNTED = `It is a count in five minutes: below 1 the alarm would always fire, ${AT_MOST}`;

/** A count in five minutes. */
function counted(unit: string, why = COUNTED): Amount {
  return { unit, min: 1, max: MOST_REQUESTS, why };
}

/**
 * What each threshold can be: below the minimum its alarm would always fire, above the maximum never. Checks, messages and
 * docs/alarms.md are made of this table.
 */
export const THRESHOLDS: Readonly<Record<keyof AlarmThresholds, Amount>> = {
  serverErrorPercent: {
    unit: 'percent',
    min: 0.001,
    max: 100,
    decimals: 'any',
    why: 'It is a share of all responses, such as 5. At 0 the alarm would always fire, above 100 never.',
  },
  p99Ms: P99_BOUNDS,
  requests: counted(
    'requests',
    `It is the traffic in five minutes below which nothing is unusual: at least 1, ${AT_MOST}`,
  ),
  unauthorized: counted('responses'),
  forbidden: counted('responses'),
  notFound: counted('responses'),
  malformed: counted('requests'),
  throttled: counted(
    'responses',
    `It is a count in five minutes below which the share of a tier does not count: at least 1, ${AT_MOST}`,
  ),
  riskySignIns: {
    unit: 'sign-ins',
    min: 1,
    max: MOST_REQUESTS,
    why: 'It is a count in an hour: below 1 the alarm would always fire.',
  },
  wafBlocked: counted('requests'),
  authorizerErrors: counted('requests'),
  authorizerFailures: counted('requests'),
  authorizerMs: {
    unit: 'milliseconds',
    min: 10,
    max: AUTHORIZER_TIMEOUT_SECONDS * 1000,
    why: `Lambda ends the authorizer after ${AUTHORIZER_TIMEOUT_SECONDS} seconds, and no run takes less than 10 milliseconds.`,
  },
  webhookErrors: counted('messages'),
  functionErrors: counted('invocations'),
  functionThrottles: counted('invocations'),
  concurrency: {
    unit: 'functions',
    min: 2,
    max: MOST_FUNCTIONS,
    why: `It is the number of functions that run at once: with 1 the alarm would fire at each request, and no account runs more than ${MOST_FUNCTIONS}.`,
  },
  tableErrors: counted('errors'),
  tableThrottles: counted('reads and writes'),
  endpointFaults: {
    unit: 'faults',
    min: 1,
    max: FAULTS_OF_A_NAME,
    why: `A name has at most ${FAULTS_OF_A_NAME} faults: trust, days of the certificate, TLS version, HSTS.`,
  },
  certificateDays: {
    unit: 'days',
    min: 1,
    max: LONGEST_CERTIFICATE_DAYS,
    why: `ACM issues certificates for ${LONGEST_CERTIFICATE_DAYS + 1} days: from then on the alarm would always fire.`,
  },
};

/** The shapes of the thresholds. */
export const THRESHOLD_SHAPES = Object.fromEntries(
  Object.entries(THRESHOLDS).map(([name, bounds]) => [name, amount(bounds)]),
) as Members<AlarmThresholds>;
