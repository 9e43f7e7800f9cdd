import { join } from 'node:path';
import type { ApiKeyModel, StackModel, UsagePlanModel } from '../../assembly/model.ts';
import { isRecord, list, string } from '../../assembly/values.ts';
import type { ApiKeys } from '../../contracts.ts';
import { readIfPresent, writePrivateFile } from '../files.ts';
import { ApiGatewayError } from './error.ts';

/** The API keys of a stack, which can be added to. */
export interface KeyRegistry extends ApiKeys {
  /** The same added keys, with the keys and plans of another model. */
  withModel(model: Pick<StackModel, 'apiKeys' | 'usagePlans'>): KeyRegistry;
  all(): readonly ApiKeyModel[];
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
 * The keys of the template and those of `<data>/api-keys.json` (mode 0600, replaced as a whole), which outlive a restart. What
 * belongs to the template is not changed.
 *
 * Its functions throw {@link ApiGatewayError}.
 */
export function keyRegistry(data: string, model: StackModel): KeyRegistry {
  return registryOf(openAddedKeys(join(data, 'api-keys.json')), model);
}

/** The keys that the template does not have, by their ids and by their values. */
interface AddedKeys {
  readonly byId: Map<string, ApiKeyModel>;
  byValue: ReadonlyMap<string, ApiKeyModel>;
  save(): void;
}

function openAddedKeys(file: string): AddedKeys {
  const byId = new Map(readKeys(file).map((key) => [key.id, key]));
  return {
    byId,
    byValue: indexed([...byId.values()]),
    save() {
      this.byValue = indexed([...byId.values()]);
      writePrivateFile(file, JSON.stringify([...byId.values()], undefined, 2));
    },
  };
}

function registryOf(
  store: AddedKeys,
  { apiKeys, usagePlans }: Pick<StackModel, 'apiKeys' | 'usagePlans'>,
): KeyRegistry {
  const { byId: added } = store;
  const ofTemplate = indexed(apiKeys);
  const all = () => [...apiKeys, ...added.values()];
  const byValue = (value: string) => store.byValue.get(value) ?? ofTemplate.get(value);
  const own = (id: string): ApiKeyModel => {
    const key = added.get(id);
    if (key !== undefined) return key;
    if (apiKeys.some((one) => one.id === id)) {
      throw new ApiGatewayError('BadRequestException', 'The key belongs to the template and is changed there.');
    }
    throw new ApiGatewayError('NotFoundException', 'Invalid API Key identifier specified');
  };
  const change = (key: ApiKeyModel): ApiKeyModel => {
    added.set(key.id, key);
    store.save();
    return key;
  };
  return {
    withModel: (model) => registryOf(store, model),
    all,
    byValue,
    add(key) {
      if (key.value.length < VALUE_LENGTH.min || key.value.length > VALUE_LENGTH.max) {
        throw new ApiGatewayError('BadRequestException', 'API Key value should be 20 to 128 characters');
      }
      if (byValue(key.value) !== undefined) throw new ApiGatewayError('ConflictException', 'API Key already exists');
      change(key);
    },
    setEnabled: (id, enabled) => change({ ...own(id), enabled, updated: Math.floor(Date.now() / 1000) }),
    remove(id) {
      added.delete(own(id).id);
      store.save();
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

function indexed(keys: readonly ApiKeyModel[]): ReadonlyMap<string, ApiKeyModel> {
  return new Map(keys.map((key) => [key.value, key]));
}

function shareStage(one: UsagePlanModel, other: UsagePlanModel): boolean {
  return one.stages.some((stage) =>
    other.stages.some(({ restApiId, stage: name }) => restApiId === stage.restApiId && name === stage.stage),
  );
}

function readKeys(file: string): readonly ApiKeyModel[] {
  const kept = readIfPresent(file);
  if (kept === undefined) return [];
  try {
    return list(JSON.parse(kept)).filter(isRecord).map(readKey);
  } catch {
    // The parser's message could quote the text, which holds keys.
    throw new Error(`${file} is not readable as JSON: remove it, and register the clients again`);
  }
}

function readKey(kept: Readonly<Record<string, unknown>>): ApiKeyModel {
  const { id, name, value, enabled, planIds, created, updated } = kept;
  const plans = list(planIds).flatMap((plan) => string(plan) ?? []);
  const named = string(name);
  const key = { id: string(id) ?? '', value: string(value) ?? '', enabled: enabled === true, planIds: plans };
  const times = {
    ...(typeof created === 'number' ? { created } : {}),
    ...(typeof updated === 'number' ? { updated } : {}),
  };
  return { ...key, ...times, ...(named === undefined ? {} : { name: named }) };
}
