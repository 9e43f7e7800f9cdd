import type { ApiKeyModel, StackModel, UsagePlanModel } from '../../assembly/model.ts';
import type { ApiKeys } from '../../contracts.ts';
import { ApiGatewayError } from './error.ts';
import { type KeyStore, openKeyStore } from './keyStore.ts';

/** The API keys of a stack, which can be added to. */
export interface KeyRegistry extends ApiKeys {
  /** The same added keys, with the keys and plans of another model. */
  withModel(model: Pick<StackModel, 'apiKeys' | 'usagePlans'>): KeyRegistry;
  all(): readonly ApiKeyModel[];
  byId(id: string): ApiKeyModel | undefined;
  /** Resolves when every change so far is on disk. */
  stored(): Promise<void>;
  add(key: ApiKeyModel): void;
  setEnabled(id: string, enabled: boolean): ApiKeyModel;
  remove(id: string): void;
  /** Puts a key into a plan. A key is in one plan of a stage at most. */
  join(planId: string, keyId: string): void;
  leave(planId: string, keyId: string): void;
}

/** Characters of a key's value that API Gateway takes. */
const VALUE_LENGTH = { min: 20, max: 128 };

/**
 * The keys of the template and those that were added, which outlive a restart. What belongs to the template is not changed.
 *
 * Its functions throw {@link ApiGatewayError}.
 */
export function keyRegistry(data: string, model: StackModel): KeyRegistry {
  return registryOf(openKeyStore(data), model);
}

function registryOf(store: KeyStore, { apiKeys, usagePlans }: Pick<StackModel, 'apiKeys' | 'usagePlans'>): KeyRegistry {
  const ofTemplate = {
    byId: new Map(apiKeys.map((key) => [key.id, key])),
    byValue: new Map(apiKeys.map((key) => [key.value, key])),
  };
  const byValue = (value: string) => store.byValue(value) ?? ofTemplate.byValue.get(value);
  const own = (id: string): ApiKeyModel => {
    const key = store.byId(id);
    if (key !== undefined) return key;
    if (ofTemplate.byId.has(id)) {
      throw new ApiGatewayError('BadRequestException', 'The key belongs to the template and is changed there.');
    }
    throw new ApiGatewayError('NotFoundException', 'Invalid API Key identifier specified');
  };
  const change = (key: ApiKeyModel): ApiKeyModel => {
    store.put(key);
    return key;
  };
  return {
    withModel: (model) => registryOf(store, model),
    all: () => [...apiKeys, ...store.all()],
    byId: (id) => store.byId(id) ?? ofTemplate.byId.get(id),
    byValue,
    stored: store.stored,
    add(key) {
      if (key.value.length < VALUE_LENGTH.min || key.value.length > VALUE_LENGTH.max) {
        throw new ApiGatewayError('BadRequestException', 'API Key value should be 20 to 128 characters');
      }
      if (byValue(key.value) !== undefined) throw new ApiGatewayError('ConflictException', 'API Key already exists');
      change(key);
    },
    setEnabled: (id, enabled) => change({ ...own(id), enabled, updated: Math.floor(Date.now() / 1000) }),
    remove(id) {
      store.remove(own(id));
    },
    join(planId, keyId) {
      const key = own(keyId);
      const plan = usagePlans.find(({ id }) => id === planId);
      if (plan === undefined) throw new ApiGatewayError('NotFoundException', 'Invalid Usage Plan ID specified');
      const others = usagePlans.filter(({ id }) => key.planIds.includes(id));
      if (others.some((other) => shareStage(other, plan))) {
        throw new ApiGatewayError('ConflictException', 'The key is in a usage plan of this stage already');
      }
      change({ ...key, planIds: [...key.planIds, planId] });
    },
    leave(planId, keyId) {
      const key = own(keyId);
      if (!key.planIds.includes(planId)) {
        throw new ApiGatewayError('NotFoundException', 'The key is not in this usage plan');
      }
      change({ ...key, planIds: key.planIds.filter((id) => id !== planId) });
    },
  };
}

function shareStage(one: UsagePlanModel, other: UsagePlanModel): boolean {
  return one.stages.some((stage) =>
    other.stages.some(({ restApiId, stage: name }) => restApiId === stage.restApiId && name === stage.stage),
  );
}
