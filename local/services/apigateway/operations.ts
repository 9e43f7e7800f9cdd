import { randomBytes } from 'node:crypto';
import type { ApiKeyModel, StackModel, UsagePlanModel } from '../../assembly/model.ts';
import { isRecord, type Json, list, record, string } from '../../assembly/values.ts';
import type { Clock, UsageRecords } from '../../contracts.ts';
import { ApiGatewayError } from './error.ts';
import type { KeyRegistry } from './keyRegistry.ts';

/** What the operations work on. */
export interface ControlPlane {
  readonly model: StackModel;
  readonly keys: KeyRegistry;
  readonly usageRecords: UsageRecords;
  readonly clock: Clock;
}

/** A call of the control plane: the parts of its path that were matched, and its JSON body. */
interface Call {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json;
}

interface OperationResponse {
  readonly status: number;
  readonly body?: Json;
}

/** One operation: method and path of its HTTP binding, and what it does. */
export interface Operation {
  readonly method: string;
  readonly path: RegExp;
  /** Types of the members of its body; others are ignored. */
  readonly members?: Readonly<Record<string, 'string' | 'boolean'>>;
  readonly run: (plane: ControlPlane, call: Call) => OperationResponse;
}

/**
 * The operations that manage API keys, and no others: everything else changes in the template.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: /^\/usageplans$/,
    run: usagePlans,
  },
  {
    method: 'GET',
    path: /^\/usageplans\/(?<planId>[^/]+)\/keys$/,
    run: planKeys,
  },
  {
    method: 'GET',
    path: /^\/usageplans\/(?<planId>[^/]+)\/usage$/,
    run: usage,
  },
  {
    method: 'POST',
    path: /^\/usageplans\/(?<planId>[^/]+)\/keys$/,
    members: { keyId: 'string', keyType: 'string' },
    run: ({ keys }, { path, body }) => {
      const keyId = string(body['keyId']) ?? '';
      keys.join(path['planId'] ?? '', keyId);
      return { status: 201, body: { id: keyId, type: 'API_KEY' } };
    },
  },
  {
    method: 'DELETE',
    path: /^\/usageplans\/(?<planId>[^/]+)\/keys\/(?<keyId>[^/]+)$/,
    run: ({ keys }, { path }) => {
      keys.leave(path['planId'] ?? '', path['keyId'] ?? '');
      return { status: 202 };
    },
  },
  {
    method: 'GET',
    path: /^\/apikeys$/,
    run: ({ keys }) => ({ status: 200, body: { item: keys.all().map(keyBody) } }),
  },
  {
    method: 'POST',
    path: /^\/apikeys$/,
    members: {
      name: 'string',
      description: 'string',
      value: 'string',
      customerId: 'string',
      enabled: 'boolean',
      generateDistinctId: 'boolean',
    },
    run: createKey,
  },
  {
    method: 'PATCH',
    path: /^\/apikeys\/(?<keyId>[^/]+)$/,
    run: updateKey,
  },
  {
    method: 'DELETE',
    path: /^\/apikeys\/(?<keyId>[^/]+)$/,
    run: ({ keys }, { path }) => {
      keys.remove(path['keyId'] ?? '');
      return { status: 202 };
    },
  },
];

/** With `keyId`, the plans that a key is in. */
function usagePlans({ model, keys }: ControlPlane, { query }: Call): OperationResponse {
  const keyId = query.get('keyId');
  const key = keyId === null ? undefined : keys.byId(keyId);
  const plans = model.usagePlans.filter(({ id }) => keyId === null || key?.planIds.includes(id) === true);
  return { status: 200, body: { item: plans.map(planBody) } };
}

function planKeys({ model, keys }: ControlPlane, { path }: Call): OperationResponse {
  const planId = path['planId'] ?? '';
  if (!model.usagePlans.some(({ id }) => id === planId)) {
    throw new ApiGatewayError('NotFoundException', 'Invalid Usage Plan ID specified');
  }
  const members = keys.all().filter(({ planIds }) => planIds.includes(planId));
  return { status: 200, body: { item: members.map(({ id, name }) => ({ id, name, type: 'API_KEY' })) } };
}

function createKey({ keys }: ControlPlane, { body }: Call): OperationResponse {
  const name = string(body['name']);
  const key: ApiKeyModel = {
    id: randomBytes(5).toString('hex'),
    ...(name === undefined ? {} : { name }),
    value: string(body['value']) ?? randomBytes(20).toString('hex'),
    enabled: body['enabled'] === true,
    planIds: [],
    // Seconds since the epoch, in real time, as the functions have it.
    created: Math.floor(Date.now() / 1000),
  };
  keys.add(key);
  return { status: 201, body: keyBody(key) };
}

/** Only `enabled` can be replaced here. */
function updateKey({ keys }: ControlPlane, { path, body }: Call): OperationResponse {
  const changes = list(body['patchOperations']).filter(isRecord);
  const [change] = changes;
  const isKnown = changes.length === 1 && change?.['op'] === 'replace' && change['path'] === '/enabled';
  if (!isKnown) throw new ApiGatewayError('BadRequestException', 'Only replace of /enabled is known here');
  const isFlag = change['value'] === 'true' || change['value'] === 'false';
  if (!isFlag) throw new ApiGatewayError('BadRequestException', 'The value of /enabled is "true" or "false"');
  return { status: 200, body: keyBody(keys.setEnabled(path['keyId'] ?? '', change['value'] === 'true')) };
}

/** Returns the current period as one day's entry; API Gateway returns one entry a day. */
function usage({ model, keys, usageRecords, clock }: ControlPlane, { path, query }: Call): OperationResponse {
  const planId = path['planId'] ?? '';
  const plan = model.usagePlans.find(({ id }) => id === planId);
  if (plan === undefined) throw new ApiGatewayError('NotFoundException', 'Invalid Usage Plan ID specified');
  const asked = query.get('keyId');
  const candidates = asked === null ? keys.all() : [keys.byId(asked) ?? []].flat();
  const members = candidates.filter(({ planIds }) => planIds.includes(planId));
  const values = members.flatMap(({ id }) => {
    const used = usageRecords.find(planId, id) ?? 0;
    const limit = plan.quota?.limit ?? 0;
    return [[id, [[used, limit - used]]] as const];
  });
  const today = new Date(clock.now()).toISOString().slice(0, 10);
  const body = { usagePlanId: planId, startDate: today, endDate: today, values: Object.fromEntries(values) };
  return { status: 200, body };
}

function planBody({ id, name, stages, throttle, quota, tags }: UsagePlanModel): Json {
  return {
    id,
    name,
    apiStages: stages.map(({ restApiId, stage }) => ({ apiId: restApiId, stage })),
    ...(throttle && { throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst } }),
    ...(quota && { quota }),
    tags: record(tags),
  };
}

/** Never the value. A key of the template has no time of creation here. */
function keyBody({ id, name, enabled, created = 0, updated = created }: ApiKeyModel): Json {
  return { id, ...(name === undefined ? {} : { name }), enabled, createdDate: created, lastUpdatedDate: updated };
}
