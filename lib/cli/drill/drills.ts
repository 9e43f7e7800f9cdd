/** What makes the condition of each alarm on the local gateway. */
import {
  authorizer,
  badGateway,
  crashes,
  crashing,
  crashingAuthorizer,
  type Drill,
  denials,
  failedRuns,
  forgeries,
  hurry,
  injected,
  largeBodies,
  late,
  lateRuns,
  lostMessage,
  ofTraffic,
  overRate,
  rejections,
  throttled,
  unknownPaths,
  usedQuota,
  withoutLog,
} from './conditions.ts';

const BURST = 30;
/** Above the minimum of an alarm on many requests. */
const MANY = 70;

const NO_CLOUDFRONT = 'nothing here measures CloudFront';

const days = injected(
  'ten days until the certificate expires',
  'no certificate of ACM here',
  { DaysToExpiry: [10, 1] },
  { DaysToExpiry: [300, 1] },
);

const NO_USER_POOL = 'the local issuer assesses no sign-in';
/** Few: healthy traffic goes on, and a high risk has to be a share of all sign-ins of the hour. */
const signIns = { NoRisk: [1, 5] } as const;
const takeovers = injected(
  'sign-ins with a high risk',
  NO_USER_POOL,
  { AccountTakeoverRisk: [1, 2], Risk: [1, 8], ...signIns },
  signIns,
);

/**
 * By the end of an alarm's name. Alarms of one kind share a drill: those with a number at the end, and those of groups (`latency-of-…`).
 * Traffic comes first, because its band is learned within the first days, and silence before the surge, which widens the band.
 */
export const DRILLS: Readonly<Record<string, Drill>> = {
  drop: ofTraffic('silence', {}),
  surge: ofTraffic('25 times as much', { Count: [1, 50_000] }),
  'failed-logins': rejections(BURST),
  'failed-logins-slow': rejections(MANY),
  'forged-tokens': forgeries(8),
  probing: denials(BURST),
  'probing-slow': denials(MANY),
  scanning: unknownPaths(MANY),
  fuzzing: largeBodies(MANY, 'with a body that is too large'),
  throttling: hurry(200),
  'sign-in-risk': takeovers,
  'sign-in-risk-slow': takeovers,
  'compromised-credentials': injected(
    'a sign-in with a known password',
    NO_USER_POOL,
    { CompromisedCredentialRisk: [1, 1] },
    { CompromisedCredentialRisk: [0, 1] },
  ),
  'waf-blocks': largeBodies(MANY, 'that the web ACL blocks'),
  // Three times the minimum, in each of three hours.
  'waf-blocks-slow': largeBodies(3 * MANY, 'that the web ACL blocks'),
  'waf-rate-limited': overRate(200),
  'issuer-unreachable': authorizer(
    'the keys of the issuer are unreachable',
    `env.SECURE_API_TOKEN_ISSUERS = env.SECURE_API_TOKEN_ISSUERS.replaceAll(/"jwksUri":"[^"]*"/g, '"jwksUri":"https://127.0.0.1:1/keys"');`,
  ),
  'secret-unreachable': authorizer(
    'Secrets Manager is unreachable',
    `env.AWS_ENDPOINT_URL_SECRETS_MANAGER = 'http://127.0.0.1:1';`,
  ),
  'deny-list-unreachable': authorizer(
    'the table of the deny list does not exist',
    `env.SECURE_API_REVOCATIONS = JSON.stringify({ ...JSON.parse(env.SECURE_API_REVOCATIONS), table: 'missing' });`,
  ),
  'clients-unreachable': authorizer('the table of clients does not exist', `env.SECURE_API_CLIENTS_TABLE = 'missing';`),
  'proofs-unreachable': injected(
    'proofs that cannot be recorded',
    'the drill sends no proofs',
    { AuthorizerError: [1, 9] },
    { AuthorizerAllow: [1, 9] },
  ),
  'certificate-lists-unreachable': injected(
    'no current list of revoked certificates',
    'the drill has no client certificate',
    { AuthorizerError: [1, 9] },
    { AuthorizerAllow: [1, 9] },
  ),
  'authorizer-errors': authorizer('the settings of the authorizer are no JSON', `env.SECURE_API_TOKEN_ISSUERS = '{';`),
  'authorizer-failures': crashingAuthorizer(),
  'authorizer-slow': injected(
    'runs of 20 seconds',
    'they would take as long',
    { Duration: [20_000, 50] },
    { Duration: [5, 100] },
  ),
  'function-errors': crashing(),
  // Requests reach one group of routes; the functions of others are in the next alarm.
  'function-errors2': crashes(),
  'function-throttles': throttled(),
  concurrency: injected(
    '1,000 functions at once',
    'more than this machine runs',
    { ConcurrentExecutions: [1_000, 1] },
    { ConcurrentExecutions: [5, 1] },
  ),
  'server-errors': badGateway(),
  'server-errors-slow': badGateway(),
  latency: late(8),
  'latency-slow': late(12),
  // Requests reach one group of routes.
  'server-errors-of': crashes(),
  'server-errors-of-slow': crashes(),
  'latency-of': lateRuns(8),
  'latency-of-slow': lateRuns(12),
  'sign-in-errors': crashes(),
  'job-errors': failedRuns(),
  'rotation-failed': failedRuns(),
  'table-errors': injected('errors of DynamoDB', 'the local one does not fail', { SystemErrors: [1, 9] }),
  'table-throttles': injected('throttled reads and writes', 'the local DynamoDB does not throttle', {
    ReadThrottleEvents: [1, 9],
    WriteThrottleEvents: [1, 9],
  }),
  'logs-silent': withoutLog(),
  'deliveries-failed': lostMessage(''),
  'notifications-failed': lostMessage(
    '; then its queue is empty, injected as a metric (the local queue cannot be emptied)',
    {
      ApproximateNumberOfMessagesVisible: [0, 1],
    },
  ),
  'webhook-errors': injected('messages that could not be verified', 'the drill has no sender', {
    WebhookError: [1, 9],
  }),
  'quota-nearly-used': usedQuota(18),
  'quota-used': usedQuota(22),
  'certificate-expiry': days,
  'edge-certificate-expiry': days,
  'endpoint-faults': injected(
    'a fault that the canary finds',
    'no domain here',
    { EndpointFaults: [1, 1] },
    { EndpointFaults: [0, 1] },
  ),
  'canary-failed': injected(
    'a request of the canary that fails',
    'it requests the API on AWS',
    { CanaryFailures: [1, 1] },
    { CanaryFailures: [0, 1] },
  ),
  'review-overdue': {
    how: 'a deployment whose review ended a day ago, then the stack as it is',
    raise: (world) => world.deployThreshold(86_400),
    calm: (world) => world.restore(),
  },
  'edge-errors': injected(
    '5xx of CloudFront',
    NO_CLOUDFRONT,
    { '5xxErrorRate': [50, 1], Requests: [1, 100] },
    { '5xxErrorRate': [0, 1], Requests: [1, 100] },
  ),
  'edge-function-errors': injected(
    'errors of the CloudFront function',
    NO_CLOUDFRONT,
    { FunctionExecutionErrors: [1, 9] },
    { FunctionExecutionErrors: [0, 1] },
  ),
  'edge-blocks': injected(
    'blocked requests',
    NO_CLOUDFRONT,
    { BlockedRequests: [1, 100], Requests: [1, 100] },
    { BlockedRequests: [0, 1], Requests: [1, 100] },
  ),
  'origin-secret-errors': failedRuns(),
  'revocation-copy-errors': failedRuns(),
};

/** The entry of an alarm, by the end of its name; undefined where there is none. */
export function kindOf(id: string): string | undefined {
  const slower = id.endsWith('-slow') ? '-slow' : '';
  const kinds = [id, id.replace(/\d+$/, '2'), id.replace(/\d+$/, ''), id.replace(/-of-.*$/, `-of${slower}`)];
  return kinds.find((kind) => Object.hasOwn(DRILLS, kind));
}
