/** What CloudFront and its web ACLs read, and functions write: key value stores and pattern sets. */
import { randomInt } from 'node:crypto';
import type { StackModel } from '../assembly/model.ts';
import { isRecord, record, string } from '../assembly/values.ts';
import { type KeyValueStores, keyValueStores } from '../services/cloudfront/keyValueStores.ts';
import { startKeyValueStoreApi } from '../services/cloudfront/start.ts';
import type { Access } from '../services/signature.ts';
import { type PatternSets, patternSets } from '../services/wafv2/patternSets.ts';
import { startWaf } from '../services/wafv2/start.ts';

/** The services of the edge, running. */
export interface EdgeServices {
  readonly environment: Readonly<Record<string, string>>;
  readonly readKey: (storeArn: string, key: string) => string | undefined;
  readonly patternsOf: (setArn: string) => readonly string[] | undefined;
  /** Serves another load of the stack. */
  update(model: StackModel): void;
  close(): Promise<void>;
}

export async function startEdgeServices(model: StackModel, data: string, access: Access): Promise<EdgeServices> {
  const stores = keyValueStores(data);
  const sets = patternSets(data);
  makeFirstSecret(model, stores, sets);
  const kvs = await startKeyValueStoreApi(model.keyValueStores, stores, access);
  const waf = await startWaf(model.regexPatternSets, sets, access).catch(async (error: unknown) => {
    await kvs.close();
    throw error;
  });
  return {
    environment: { AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: kvs.url, AWS_ENDPOINT_URL_WAFV2: waf.url },
    readKey: (arn, key) => stores.of(arn).keys.get(key),
    patternsOf: sets.written,
    update(next) {
      makeFirstSecret(next, stores, sets);
      kvs.update(next.keyValueStores);
      waf.update(next.regexPatternSets);
    },
    close: async () => {
      await Promise.all([kvs.close(), waf.close()]);
    },
  };
}

const SETTINGS = 'SECURE_API_ORIGIN_SECRET';
const KEY = 'origin';
const LENGTH = 48;
const CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * Stands for the custom resource that makes the first secret between a distribution and its API, and that makes both consistent at a
 * deployment. The settings of the function that rotates it say where it is.
 */
function makeFirstSecret(model: StackModel, stores: KeyValueStores, sets: PatternSets): void {
  for (const { environment } of model.functions) {
    const settings = parse(environment[SETTINGS]);
    const storeArn = string(settings['storeArn']) ?? '';
    const id = record(settings['patternSet'])['id'];
    const set = model.regexPatternSets.find((each) => each.id === id);
    if (set === undefined || !model.keyValueStores.some(({ arn }) => arn === storeArn)) continue;
    const { keys } = stores.of(storeArn);
    const current = keys.get(KEY) ?? generate();
    const accepted = `^${current}$`;
    if (!sets.of(set).patterns.includes(accepted)) sets.write(set, [accepted]);
    if (!keys.has(KEY)) stores.write(storeArn, new Map([...keys, [KEY, current]]));
  }
}

function parse(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return isRecord(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function generate(): string {
  return Array.from({ length: LENGTH }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length))).join('');
}
