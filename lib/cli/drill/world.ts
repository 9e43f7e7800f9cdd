import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { type AwsEnvironment, awsCall } from '../../../lambdas/shared/aws.ts';
import type { LocalAlarm, LocalPackage, ServedRoute } from '../localPackage.ts';
import { type Breakage, brokenCode } from './broken.ts';

export type Gateway = Awaited<ReturnType<LocalPackage['serve']>>;

/** A value of a metric, and how many requests have it. */
export type Datum = readonly [value: number, times: number];

/** What a drill does to make a condition, and to end it. */
export interface World {
  /** Sends requests at once, and returns their statuses. */
  send(times: number, call: Call): Promise<readonly number[]>;
  /** A new token for somebody with the roles; of no role by default. */
  token(roles?: readonly string[]): Promise<string>;
  /** A route that needs a token, with the roles that it needs. */
  readonly route: ServedRoute;
  readonly roles: readonly string[];
  /** Puts values for the metrics of the alarm, by their names, `hoursAgo` from now. */
  put(data: Readonly<Record<string, Datum>>, hoursAgo?: number): Promise<void>;
  /** Replaces the code of functions. */
  breakFunctions(breakage: Breakage): Promise<void>;
  /** Serves the stack as it is again. */
  restore(): Promise<void>;
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
  /** Writes the assembly with another threshold of an alarm, and returns its folder. */
  readonly changed: (alarm: LocalAlarm, threshold: number) => string;
}

const HOUR_MS = 3_600_000;
/** Connections at once: a client opens few, and the gateway serves all of them in one process. */
const AT_ONCE = 25;

export function createWorld({ local, gateway, assembly, folder, apiName, alarms, changed }: WorldParts): World {
  const { ready, model, clock } = gateway;
  const ca = readFileSync(ready.ca);
  const api = ready.apis.find(({ name }) => name === apiName);
  const route = api?.routes.find(isSimple) ?? api?.routes.find(({ access }) => access?.kind === 'token');
  if (api === undefined || route === undefined) throw new Error('the stack has no route that needs a token');
  const access = route.access?.kind === 'token' ? route.access : undefined;
  const cloudWatch = awsCall(ready.environment as AwsEnvironment, 'monitoring');
  const metrics = alarms.flatMap(({ queries }) => queries.flatMap(({ metric }) => metric ?? []));
  return {
    route,
    roles: access?.roles.slice(0, 1) ?? [],
    async send(times, call) {
      const statuses: number[] = [];
      for (let sent = 0; sent < times; sent += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, times - sent) }, () => respond(api.url, call, ca));
        statuses.push(...(await Promise.all(some)));
      }
      return statuses;
    },
    token: (roles = []) =>
      local.requestToken({
        ready,
        data: ready.data,
        roles,
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
    breakFunctions: async (breakage) => {
      await gateway.update({ assembly, code: brokenCode(model, breakage, folder) });
    },
    restore: async () => {
      await gateway.update({ assembly });
    },
    async deployThreshold(secondsAgo) {
      const [alarm] = alarms;
      if (alarm === undefined) return;
      await gateway.update({ assembly: changed(alarm, Math.floor(clock.now() / 1000) - secondsAgo) });
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
