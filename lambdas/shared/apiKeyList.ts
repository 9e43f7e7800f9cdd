import type { SignedFetch } from './aws.ts';
import { isRecord } from './json.ts';

/** An API key; its value is never read. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  /** Epoch milliseconds: when it was created, and when it was changed last. */
  readonly created: number;
  readonly updated: number;
  readonly enabled: boolean;
}

/** The most items that API Gateway returns in a page. */
const PAGE = 500;

type Item = Readonly<Record<string, unknown>>;

/**
 * All API keys of the account in the region, without their values. The documentation does not say how API Gateway matches names,
 * so the caller selects those of its API. `stageKeys` are not read: they are of the time before usage plans.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKeys.html
 */
export async function listApiKeys(send: SignedFetch): Promise<readonly KeyRecord[]> {
  const items = await listItems(send, '/apikeys', { includeValues: 'false' });
  return items.map(({ id, name, createdDate, lastUpdatedDate, enabled }) => {
    const created = timeOf(createdDate);
    const updated = Math.max(created, timeOf(lastUpdatedDate));
    return { id: String(id ?? ''), name: String(name ?? ''), created, updated, enabled: enabled === true };
  });
}

/** The items of all pages of a list of API Gateway. */
export async function listItems(
  send: SignedFetch,
  path: string,
  filter: Readonly<Record<string, string>> = {},
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let position: string | undefined;
  do {
    const query = new URLSearchParams({ ...filter, limit: String(PAGE), ...(position && { position }) });
    const response = await send(`${path}?${query}`, { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`API Gateway returned ${response.status} for the list ${path}`);
    const page: unknown = JSON.parse(response.text);
    const { item = [], position: next } = isRecord(page) ? page : {};
    items.push(...[item].flat().filter(isRecord));
    position = typeof next === 'string' && next !== '' ? next : undefined;
  } while (position !== undefined);
  return items;
}

/** REST JSON has times as seconds since the epoch; older endpoints write them in ISO 8601. */
function timeOf(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number(value) * 1000;
  return Number.isFinite(time) ? time : 0;
}
