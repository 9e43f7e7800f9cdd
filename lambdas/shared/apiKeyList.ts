import type { SignedFetch } from './aws.ts';
import { isRecord } from './json.ts';

/** An API key; its value is never read. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds. */
  readonly created: number;
  readonly enabled: boolean;
  /** Whether it is in a usage plan of a stage. */
  readonly hasPlan: boolean;
}

/** The most keys that API Gateway returns in a page. */
const PAGE = 500;

/**
 * All API keys of the account in the region, without their values. The documentation does not say how API Gateway matches names,
 * so the caller selects those of its API.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html
 */
export async function listApiKeys(send: SignedFetch): Promise<readonly KeyRecord[]> {
  const keys: KeyRecord[] = [];
  let position: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), includeValues: 'false', ...(position && { position }) });
    const response = await send(`/apikeys?${query}`, { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`API Gateway returned ${response.status} for the list of API keys`);
    const page: unknown = JSON.parse(response.text);
    const { item = [], position: next } = isRecord(page) ? page : {};
    keys.push(...[item].flat().filter(isRecord).map(readKey));
    position = typeof next === 'string' && next !== '' ? next : undefined;
  } while (position !== undefined);
  return keys;
}

function readKey({ id, name, createdDate, enabled, stageKeys }: Readonly<Record<string, unknown>>): KeyRecord {
  return {
    id: String(id ?? ''),
    name: String(name ?? ''),
    created: timeOf(createdDate),
    enabled: enabled === true,
    hasPlan: Array.isArray(stageKeys) && stageKeys.length > 0,
  };
}

/** REST JSON has times as seconds since the epoch; older endpoints write them in ISO 8601. */
function timeOf(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number(value) * 1000;
  return Number.isFinite(time) ? time : 0;
}
