/** What makes the condition of each alarm on the local gateway. */
import { FAILS, withEnvironment } from './broken.ts';
import type { Datum, World } from './world.ts';

/** How an alarm is made to fire, and to end. */
export interface Drill {
  /** In a few words: what is real, or what is injected. */
  readonly how: string;
  /** Makes the condition; called once in each period until the alarm fires. */
  readonly raise: (world: World) => Promise<unknown>;
  /** Ends it; called once in each period until the alarm is OK. @default - time passes */
  readonly calm?: (world: World) => Promise<unknown>;
}

type Data = Readonly<Record<string, Datum>>;

const PATH = '/drill-of-a-path-that-does-not-exist';
const BURST = 30;
/** Above the minimum of an alarm on many requests. */
const MANY = 70;
/** More than the web ACL lets a GET have as its body. */
const LARGE = 'x'.repeat(2_000);
const USUAL: Data = { Count: [1, 2_000] };

/** Nothing on this machine measures it. */
const injected = (what: string, bad: Data, good: Data = {}): Drill => ({
  how: `injected as a metric: ${what}`,
  raise: (world) => world.put(bad),
  calm: (world) => world.put(good),
});

/** The band of usual traffic needs a day of it. */
const ofTraffic = (what: string, bad: Data): Drill => {
  const known = new WeakSet<World>();
  return {
    how: `injected as a metric: a day of usual traffic, then ${what}`,
    raise: (world) => world.put(bad),
    async calm(world) {
      if (known.has(world)) return world.put({ Count: [1, 400] });
      known.add(world);
      for (let minutes = 0; minutes < 24 * 60; minutes += 5) await world.put(USUAL, minutes / 60);
    },
  };
};

const call = async (world: World, times: number, token?: string) =>
  world.send(times, { path: world.route.path, ...(token === undefined ? {} : { token }) });

/** Requests with tokens of their own: the gateway caches the decision about a token. */
async function fresh(world: World, times: number) {
  for (let sent = 0; sent < times; sent += 1) await call(world, 1, await world.token(world.roles));
}

/** Slow requests beside each other, with one token. */
const atOnce = async (world: World, times: number) => call(world, times, await world.token(world.roles));

const broken = (how: string, functions: string, code: string, send: typeof atOnce | typeof fresh = fresh): Drill => {
  const failing = new WeakSet<World>();
  return {
    how,
    async raise(world) {
      if (!failing.has(world)) await world.breakFunctions({ functions, code });
      failing.add(world);
      await send(world, 12);
    },
    async calm(world) {
      if (failing.delete(world)) await world.restore();
      await fresh(world, 6);
    },
  };
};

/** Every handler responds, four seconds late. */
const SLOW = `const original = await import('./original.mjs');
export const handler = async (...all) => {
  await new Promise((done) => setTimeout(done, 4_000));
  return original.handler(...all);
};
`;
const late = () => broken('real requests while every handler takes four seconds', 'Handlers', SLOW, atOnce);

const authorizer = (what: string, statements: string) =>
  broken(`real requests while ${what}`, 'AuthorizerFunction', withEnvironment(statements));

/** A token with another signature. */
async function forged(world: World): Promise<string> {
  const [header, payload] = (await world.token()).split('.');
  return `${header}.${payload}.${Buffer.alloc(256, 1).toString('base64url')}`;
}

const rejections = (times: number): Drill => ({
  how: `${times} real requests without a token`,
  raise: (world) => call(world, times),
});

const denials = (times: number): Drill => ({
  how: `${times} real requests by a caller without a role`,
  raise: async (world) => call(world, times, await world.token()),
});

const blocked = (times: number): Drill => ({
  how: `${times} real requests that the web ACL blocks`,
  raise: (world) => world.send(times, { path: world.route.path, body: LARGE }),
});

/** So many that they are a share of the usual traffic which other drills inject. */
const errors = injected(
  'responses with 5xx',
  { '5XXError': [1, 5_000], Count: [1, 6_000] },
  { '5XXError': [0, 100], Count: [1, 100] },
);
const slow: Data = { Latency: [20_000, 50], Duration: [20_000, 50] };
const fast: Data = { Latency: [5, 100], Duration: [5, 100] };
const failedRuns = injected('runs that fail', { Errors: [1, 1] }, { Errors: [0, 1] });
const crashes = injected(
  'invocations that crashed',
  { Errors: [1, 9], Invocations: [1, 9] },
  { Errors: [0, 9], Invocations: [1, 9] },
);
const failedGroup = injected(
  'invocations of the group that failed',
  { Errors: [1, 100], Invocations: [1, 100] },
  { Errors: [0, 1], Invocations: [1, 100] },
);
const slowGroup = injected('invocations of the group that take 20 seconds', slow, fast);
const days = injected('ten days until the certificate expires', { DaysToExpiry: [10, 1] }, { DaysToExpiry: [300, 1] });

/**
 * By the end of an alarm's name. Alarms of one kind share a drill: those with a number at the end, and those of groups (`latency-of-…`).
 * Traffic comes first, because its band is learned within the first days, and silence before the surge, which widens the band.
 */
export const DRILLS: Readonly<Record<string, Drill>> = {
  drop: ofTraffic('silence', {}),
  surge: ofTraffic('25 times as much', { Count: [1, 50_000] }),
  'failed-logins': rejections(BURST),
  'failed-logins-slow': rejections(MANY),
  'forged-tokens': {
    how: '8 real requests with a forged signature',
    raise: async (world) => call(world, 8, await forged(world)),
  },
  probing: denials(BURST),
  'probing-slow': denials(MANY),
  scanning: {
    how: `${MANY} real requests for a path that does not exist`,
    raise: (world) => world.send(MANY, { path: PATH }),
  },
  fuzzing: {
    how: `${MANY} real requests with a body that is too large`,
    raise: (world) => world.send(MANY, { path: world.route.path, body: LARGE }),
  },
  throttling: {
    how: '200 real requests of one client at once',
    raise: async (world) => call(world, 200, await world.token(world.roles)),
  },
  'waf-blocks': blocked(MANY),
  // Three times the minimum, in each of three hours.
  'waf-blocks-slow': blocked(3 * MANY),
  'waf-rate-limited': injected('requests over a rate', { BlockedRequests: [1, 100] }),
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
    { AuthorizerError: [1, 9] },
    { AuthorizerAllow: [1, 9] },
  ),
  'certificate-lists-unreachable': injected(
    'no current list of revoked certificates',
    { AuthorizerError: [1, 9] },
    { AuthorizerAllow: [1, 9] },
  ),
  'authorizer-errors': injected('faults of the authorizer', { AuthorizerError: [1, 9] }, { AuthorizerAllow: [1, 9] }),
  'authorizer-failures': broken('real requests while the authorizer crashes', 'AuthorizerFunction', FAILS),
  'authorizer-slow': injected('runs of 20 seconds', slow, fast),
  'function-errors': broken('real requests while every handler crashes', 'Handlers', FAILS),
  // Requests reach one group of routes; the functions of others are in the next alarm.
  'function-errors2': crashes,
  'function-throttles': injected('throttled invocations', { Throttles: [1, 20] }),
  concurrency: injected(
    '1,000 functions at once',
    { ConcurrentExecutions: [1_000, 1] },
    { ConcurrentExecutions: [5, 1] },
  ),
  'server-errors': errors,
  'server-errors-slow': errors,
  latency: late(),
  'latency-slow': late(),
  // Requests reach one group of routes.
  'server-errors-of': failedGroup,
  'server-errors-of-slow': failedGroup,
  'latency-of': slowGroup,
  'latency-of-slow': slowGroup,
  'sign-in-errors': crashes,
  'job-errors': failedRuns,
  'rotation-failed': failedRuns,
  'table-errors': injected('errors of DynamoDB', { SystemErrors: [1, 9] }),
  'table-throttles': injected('throttled reads and writes', {
    ReadThrottleEvents: [1, 9],
    WriteThrottleEvents: [1, 9],
  }),
  'logs-silent': injected('requests without lines of the access log', { Count: [1, 100] }),
  'deliveries-failed': injected('a notification that SNS did not deliver', { NumberOfNotificationsFailed: [1, 1] }),
  'notifications-failed': injected(
    'a message in the dead-letter queue',
    { ApproximateNumberOfMessagesVisible: [1, 1] },
    { ApproximateNumberOfMessagesVisible: [0, 1] },
  ),
  'webhook-errors': injected('messages that could not be verified', { WebhookError: [1, 9] }),
  'quota-nearly-used': injected('85% of a quota', { QuotaUsedPercent: [85, 1] }, { QuotaUsedPercent: [5, 1] }),
  'quota-used': injected('100% of a quota', { QuotaUsedPercent: [100, 1] }, { QuotaUsedPercent: [5, 1] }),
  'certificate-expiry': days,
  'edge-certificate-expiry': days,
  'endpoint-faults': injected('a fault that the canary finds', { EndpointFaults: [1, 1] }, { EndpointFaults: [0, 1] }),
  'canary-failed': injected(
    'a request of the canary that fails',
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
    { '5xxErrorRate': [50, 1], Requests: [1, 100] },
    { '5xxErrorRate': [0, 1], Requests: [1, 100] },
  ),
  'edge-function-errors': injected(
    'errors of the CloudFront function',
    { FunctionExecutionErrors: [1, 9] },
    { FunctionExecutionErrors: [0, 1] },
  ),
  'edge-blocks': injected(
    'blocked requests',
    { BlockedRequests: [1, 100], Requests: [1, 100] },
    { BlockedRequests: [0, 1], Requests: [1, 100] },
  ),
  'origin-secret-errors': failedRuns,
  'revocation-copy-errors': failedRuns,
};

/** The entry of an alarm, by the end of its name; undefined where there is none. */
export function kindOf(id: string): string | undefined {
  const slower = id.endsWith('-slow') ? '-slow' : '';
  const kinds = [id, id.replace(/\d+$/, '2'), id.replace(/\d+$/, ''), id.replace(/-of-.*$/, `-of${slower}`)];
  return kinds.find((kind) => Object.hasOwn(DRILLS, kind));
}
