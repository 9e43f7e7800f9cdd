/** How conditions are made: real requests and invocations, broken functions, changed resources, injected metrics. */
import { type Breakage, FAILS, LATE, MALFORMED, OBEYS, WORKS, withEnvironment } from './broken.ts';
import type { Resource } from './changedAssembly.ts';
import type { Datum, World } from './world.ts';

/** How an alarm is made to fire, and to end. */
export interface Drill {
  /** In a few words: what is real, or what is injected, and why. */
  readonly how: string;
  /** Makes the condition; called once in each period until the alarm fires. */
  readonly raise: (world: World) => Promise<unknown>;
  /** Ends it; called once in each period until the alarm is OK. @default - time passes */
  readonly calm?: (world: World) => Promise<unknown>;
}

type Data = Readonly<Record<string, Datum>>;

/** More than the web ACL lets a GET have as its body. */
const LARGE = 'x'.repeat(2_000);
const USUAL: Data = { Count: [1, 2_000] };
/** Failed requests in a period: enough for every alarm on a share with a minimum. */
const FAILED = 12;
/** Requests that end a condition, again and again. */
const HEALTHY = 2;

/** @param reason why it is not real: what this machine does not have. */
export const injected = (what: string, reason: string, bad: Data, good: Data = {}): Drill => ({
  how: `injected as a metric: ${what} (${reason})`,
  raise: (world) => world.put(bad),
  calm: (world) => world.put(good),
});

/** The band of usual traffic needs a day of it. */
export const ofTraffic = (what: string, bad: Data): Drill => {
  const known = new WeakSet<World>();
  return {
    how: `injected as a metric: a day of usual traffic, then ${what} (600 requests a minute)`,
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

/** Requests with separate tokens: the gateway caches the decision about a token. */
async function fresh(world: World, times: number) {
  for (let sent = 0; sent < times; sent += 1)
    await world.sendWithinLimits(await world.token(world.roles, world.highestTier));
}

/** Slow requests beside each other. */
async function atOnce(world: World, times: number) {
  const tokens = await Promise.all(Array.from({ length: times }, () => world.token(world.roles, world.highestTier)));
  await Promise.all(tokens.map((token) => world.sendWithinLimits(token)));
}

/** A condition that lasts until the stack is served as it is again. */
const untilRestored = (how: string, raise: Drill['raise']): Drill => ({
  how,
  raise,
  async calm(world) {
    await world.restore();
    await fresh(world, HEALTHY);
  },
});

const broken = (how: string, breakage: Breakage, send: (world: World) => Promise<unknown>): Drill =>
  untilRestored(how, async (world) => {
    await world.breakFunctions(breakage);
    await send(world);
  });

/** Handlers respond afterwards, whatever they need that is not on this machine. */
const brokenHandlers = (how: string, code: string): Drill => ({
  ...broken(how, { functions: 'Handlers', code }, (world) => fresh(world, FAILED)),
  async calm(world) {
    await world.breakFunctions({ functions: 'Handlers', code: WORKS });
    await fresh(world, HEALTHY);
  },
});

export const crashing = (): Drill => brokenHandlers('real requests while every handler crashes', FAILS);

/** No group of routes has an error then: with a separate alarm, it would report the cause instead of the API. */
export const badGateway = (): Drill =>
  brokenHandlers('real requests while every handler returns what is no response', MALFORMED);

/**
 * The authorizer is in no group of routes, as above.
 *
 * @param times a function has four instances here, so four requests at once.
 */
export const late = (times: number): Drill =>
  broken(
    'real requests while the authorizer takes four seconds',
    { functions: 'AuthorizerFunction', code: LATE },
    (world) => atOnce(world, times),
  );

export const crashingAuthorizer = (): Drill =>
  broken('real requests while the authorizer crashes', { functions: 'AuthorizerFunction', code: FAILS }, (world) =>
    fresh(world, FAILED),
  );

/** @param statements over `env`, the environment of the authorizer. */
export const authorizer = (what: string, statements: string): Drill =>
  broken(
    `real requests while ${what}`,
    { functions: 'AuthorizerFunction', code: withEnvironment(statements) },
    (world) => fresh(world, FAILED),
  );

/** The functions that the alarm watches, which requests of the drill might not reach. */
const ofFunctions = (how: string, event: 'fail' | 'late', times: number): Drill => {
  const invoke = async (world: World, drill: string) => {
    await world.breakFunctions({ functions: world.functions, code: OBEYS });
    await world.invoke(world.functions, times, { drill });
  };
  return { how, raise: (world) => invoke(world, event), calm: (world) => invoke(world, 'succeed') };
};

export const failedRuns = (): Drill => ofFunctions('real invocations that fail', 'fail', 1);
export const crashes = (): Drill => ofFunctions('real invocations that crash', 'fail', FAILED);
export const lateRuns = (times: number): Drill => ofFunctions('real invocations that take four seconds', 'late', times);

/** A token with another signature. */
export const forgeries = (times: number): Drill => ({
  how: `${times} real requests with a forged signature`,
  async raise(world) {
    const [header, payload] = (await world.token()).split('.');
    return call(world, times, `${header}.${payload}.${Buffer.alloc(256, 1).toString('base64url')}`);
  },
});

export const rejections = (times: number): Drill => ({
  how: `${times} real requests without a token`,
  raise: (world) => call(world, times),
});

export const denials = (times: number): Drill => ({
  how: `${times} real requests by a caller without a role`,
  raise: async (world) => call(world, times, await world.token()),
});

/** A body that the web ACL blocks, or, without one, the API rejects. */
export const largeBodies = (times: number, what: string): Drill => ({
  how: `${times} real requests ${what}`,
  raise: (world) => world.send(times, { path: world.route.path, body: LARGE }),
});

export const unknownPaths = (times: number): Drill => ({
  how: `${times} real requests for a path that does not exist`,
  raise: (world) => world.send(times, { path: '/drill-of-a-path-that-does-not-exist' }),
});

export const hurry = (times: number): Drill => ({
  how: `${times} real requests of one client at once`,
  raise: async (world) => call(world, times, await world.token(world.roles)),
});

const changed = (how: string, change: (resource: Resource) => void, act: (world: World) => Promise<unknown>): Drill =>
  untilRestored(how, async (world) => {
    await world.deploy(change);
    await act(world);
  });

/** Lambda throttles what is above the reserved concurrency. */
export const throttled = (): Drill =>
  changed(
    'real requests while no function has concurrency',
    ({ type, logicalId, properties }) => {
      if (type === 'AWS::Lambda::Function' && logicalId.includes('Handlers'))
        properties['ReservedConcurrentExecutions'] = 0;
    },
    (world) => fresh(world, FAILED),
  );

export const withoutLog = (): Drill =>
  changed(
    'real requests while the stage has no access log',
    ({ type, properties }) => {
      if (type === 'AWS::ApiGateway::Stage') delete properties['AccessLogSetting'];
    },
    (world) => fresh(world, FAILED),
  );

/** A rate rule of AWS WAF counts ten requests at least. */
const WAF_LIMIT = 50;

export const overRate = (times: number): Drill => ({
  ...changed(
    `${times} real requests without a token, of which the web ACL lets ${WAF_LIMIT} pass`,
    ({ type, properties }) => {
      if (type === 'AWS::WAFv2::WebACL')
        properties['Rules'] = withLimit(properties['Rules'], /("Limit":)\d+/g, WAF_LIMIT);
    },
    (world) => call(world, times),
  ),
  calm: (world) => world.restore(),
});

const QUOTA = 20;

export const usedQuota = (times: number): Drill => {
  const countUsage = async (world: World) => world.invoke(world.functionsNamed('LimitsUsageFunction'), 1);
  const { how, raise } = changed(
    `${times} real requests of a client with a quota of ${QUOTA}`,
    ({ type, properties }) => {
      if (type === 'AWS::ApiGateway::UsagePlan')
        properties['Quota'] = withLimit(properties['Quota'], /("Limit":)\d+/g, QUOTA);
      // The function that counts the usage knows the quota, too.
      if (type === 'AWS::Lambda::Function' && JSON.stringify(properties).includes('SECURE_API_USAGE_PLANS'))
        properties['Environment'] = withLimit(properties['Environment'], /(\\"limit\\":)\d+/g, QUOTA);
    },
    async (world) => {
      const token = await world.token(world.roles);
      // Requests beyond the quota do not pass, however often they are sent.
      for (let sent = 0; sent < times; sent += 1) await world.sendWithinLimits(token, 3);
      await countUsage(world);
    },
  );
  return {
    how,
    raise,
    async calm(world) {
      await world.restore();
      await countUsage(world);
    },
  };
};

/** A value with other numbers in its JSON. */
function withLimit(value: unknown, numbers: RegExp, limit: number): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value).replaceAll(numbers, `$1${limit}`));
}

/** Another alarm notifies while the notifier crashes; then the notifier works again, and can report it. */
export const lostMessage = (then: string, emptied: Data = {}): Drill => ({
  how: `a real message that the notifier crashes on${then}`,
  async raise(world) {
    await world.breakFunctions({ functions: 'NotifierFunction', code: FAILS });
    await world.notifyOfAnother();
    await world.restore();
  },
  calm: (world) => world.put(emptied),
});
