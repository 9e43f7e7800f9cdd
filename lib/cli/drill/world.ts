import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type AwsEnvironment, awsCall } from '../../../lambdas/shared/aws.ts';
import type { LocalAlarm, LocalPackage, ServedRoute } from '../localPackage.ts';
import { type Breakage, brokenCode } from './broken.ts';
import { changedAssembly, type Resource, withThreshold } from './changedAssembly.ts';
import { invokeFunction } from './invoke.ts';

export type Gateway = Awaited<ReturnType<LocalPackage['serve']>>;

/** A value of a metric, and how many requests have it. */
export type Datum = readonly [value: number, times: number];

/** What a drill does to make a condition, and to end it. */
export interface World {
  /** Sends requests at once, and returns their statuses. */
  send(times: number, call: Call): Promise<readonly number[]>;
  /** Sends a request to the route; when a limit rejects it, up to so many times: rates count in real time. @default - for ten seconds */
  sendWithinLimits(token: string, tries?: number): Promise<number>;
  /** Lets another alarm notify; resolves when its message was delivered, or was not. */
  notifyOfAnother(): Promise<void>;
  /** A new token for somebody with the roles; of no role by default. */
  token(roles?: readonly string[], tier?: string): Promise<string>;
  /** A route that needs a token, with the roles that it needs. */
  readonly route: ServedRoute;
  readonly roles: readonly string[];
  /** The tier with the highest limits, of a definition that has its tiers in their order. */
  readonly highestTier: string | undefined;
  /** Puts values for the metrics of the alarm, by their names, `hoursAgo` from now. */
  put(data: Readonly<Record<string, Datum>>, hoursAgo?: number): Promise<void>;
  /** Replaces the code of functions. */
  breakFunctions(breakage: Breakage): Promise<void>;
  /** Serves the stack as it is again. */
  restore(): Promise<void>;
  /** Invokes functions by their names; returns how many invocations failed. */
  invoke(names: readonly string[], times: number, event?: unknown): Promise<number>;
  /** Names of the functions that the alarm watches. */
  readonly functions: readonly string[];
  /** Names of the functions whose logical ids contain a string. */
  functionsNamed(part: string): readonly string[];
  /** Serves the stack with changed resources. */
  deploy(change: (resource: Resource) => void): Promise<void>;
  /** Serves the stack with another threshold of the alarm, in seconds before now. */
  deployThreshold(secondsAgo: number): Promise<void>;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly body?: string;
}

export interface WorldParts {
  readonly local: LocalPackage;
  readonly gateway: Gateway;
  readonly assembly: string;
  readonly folder: string;
  /** Of the alarm: a stack can have several. */
  readonly apiName: string;
  /** The alarm, or those that a composite one watches. */
  readonly alarms: readonly LocalAlarm[];
}

const HOUR_MS = 3_600_000;
/** Connections at once: a client opens few, and the gateway serves all of them in one process. */
const AT_ONCE = 25;
const TOO_MANY = 429;
/** The lowest limit of a route is one request in a second. */
const TRIES = 40;
const PAUSE_MS = 250;

export function createWorld({ local, gateway, assembly, folder, apiName, alarms }: WorldParts): World {
  const { ready, model, clock } = gateway;
  const ca = readFileSync(ready.ca);
  const api = ready.apis.find(({ name }) => name === apiName);
  const route = api?.routes.find(isSimple) ?? api?.routes.find(({ access }) => access?.kind === 'token');
  if (api === undefined || route === undefined) throw new Error('the stack has no route that needs a token');
  const access = route.access?.kind === 'token' ? route.access : undefined;
  const cloudWatch = awsCall(ready.environment as AwsEnvironment, 'monitoring');
  const metrics = alarms.flatMap(({ queries }) => queries.flatMap(({ metric }) => metric ?? []));
  /** What is served instead of the stack. */
  let served: unknown;
  const serve = async (change: unknown, update: () => Parameters<Gateway['update']>[0]) => {
    if (isDeepStrictEqual(served, change)) return;
    await gateway.update(update());
    served = change;
  };
  const deploy = (change: (resource: Resource) => void) =>
    serve(change, () => ({ assembly: changedAssembly(assembly, folder, change) }));
  return {
    route,
    roles: access?.roles.slice(0, 1) ?? [],
    highestTier: api.tiers.at(-1),
    async sendWithinLimits(token, tries = TRIES) {
      for (let tried = 1; ; tried += 1) {
        const status = await respond(api.url, { path: route.path, token }, ca);
        if (status !== TOO_MANY || tried >= tries) return status;
        await wait(PAUSE_MS);
      }
    },
    async notifyOfAnother() {
      const other = model.alarms.find(
        ({ name, alarmActions }) =>
          alarmActions.length > 0 && name.startsWith(`${apiName}-`) && alarms.every((alarm) => alarm.name !== name),
      );
      if (other === undefined) throw new Error('the stack has no other alarm that notifies');
      const { services } = gateway;
      const before = services.notifications().length;
      const StateReason = 'secure-api drill';
      await cloudWatch('SetAlarmState', { AlarmName: other.name, StateValue: 'ALARM', StateReason });
      for (let tried = 0; services.notifications().length === before && tried < TRIES; tried += 1) await wait(PAUSE_MS);
    },
    async send(times, call) {
      const statuses: number[] = [];
      for (let sent = 0; sent < times; sent += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, times - sent) }, () => respond(api.url, call, ca));
        statuses.push(...(await Promise.all(some)));
      }
      return statuses;
    },
    token: (roles = [], tier = undefined) =>
      local.requestToken({
        ready,
        data: ready.data,
        roles,
        ...(tier === undefined ? {} : { tier }),
        scopes: roles.length === 0 ? [] : (access?.scopes ?? []),
        elevated: [],
        claims: api.claimExamples ?? {},
        client: 'drill',
        ttl: 900,
      }),
    async put(data, hoursAgo = 0) {
      const Timestamp = (clock.now() - hoursAgo * HOUR_MS) / 1000;
      const seen = new Set<string>();
      for (const { namespace, name, dimensions } of metrics) {
        const datum = data[name];
        const key = JSON.stringify([namespace, name, dimensions]);
        if (datum === undefined || seen.has(key)) continue;
        seen.add(key);
        const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
        const [value, times] = datum;
        const MetricData = [{ MetricName: name, Dimensions, Values: [value], Counts: [times], Timestamp }];
        await cloudWatch('PutMetricData', { Namespace: namespace, MetricData });
      }
    },
    breakFunctions: (breakage) => serve(breakage, () => ({ assembly, code: brokenCode(model, breakage, folder) })),
    restore: () => serve(undefined, () => ({ assembly })),
    async invoke(names, times, event = {}) {
      const all = names.flatMap((name) => Array.from({ length: times }, () => name));
      const results = await Promise.all(all.map((name) => invokeFunction(ready.environment, name, event)));
      return results.filter((succeeded) => !succeeded).length;
    },
    functions: [...new Set(metrics.flatMap(({ dimensions }) => dimensions['FunctionName'] ?? []))],
    functionsNamed: (part) =>
      model.functions.flatMap(({ logicalId, name }) => (logicalId.includes(part) ? [name] : [])),
    deploy,
    async deployThreshold(secondsAgo) {
      const [alarm] = alarms;
      if (alarm !== undefined) await deploy(withThreshold(alarm, Math.floor(clock.now() / 1000) - secondsAgo));
    },
  };
}

/** A route that a request without anything but a token reaches. */
function isSimple({ method, path, access, needsInput, where }: ServedRoute): boolean {
  const isOpen = access?.kind === 'token' && access.roles.length > 0 && where === undefined;
  return isOpen && method === 'GET' && !path.includes('{') && !needsInput;
}

function respond(url: string, { method = 'GET', path, token, body = '' }: Call, ca: Buffer): Promise<number> {
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise((done, fail) => {
    const outgoing = request(`${url}${path}`, { method, headers, ca }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => done(incoming.statusCode ?? 0));
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}
