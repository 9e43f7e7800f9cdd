import { setTimeout as sleep } from 'node:timers/promises';
import { listApiKeys } from '../shared/apiKeyList.ts';
import { type AwsEnvironment, type SignedFetch, signedFetch } from '../shared/aws.ts';
import { isMadeFor } from '../shared/clientKey.ts';
import { isRecord } from '../shared/json.ts';
import { REMOVAL_TAG } from '../shared/wireContract.ts';
import { type Cleanup, onRemoval } from './customResource.ts';

/** API Gateway accepts five deletions a second from an account. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const PAUSE_MS = 250;
/** After a deletion that was throttled in spite of all repetitions. */
const THROTTLED_PAUSE_MS = 2_000;
const LIMITS = { timeoutMs: 15_000, retries: 4 };

/** How fast keys are deleted. */
export interface Pace {
  readonly pauseMs: number;
  readonly throttledPauseMs: number;
}

/**
 * Deletes the API keys that were made for a REST API outside of CloudFormation, by `secure-api clients` and by
 * rotations of the secret: their names say so. The API has {@link REMOVAL_TAG}, or is gone.
 */
export function apiKeyCleanup(
  environment: AwsEnvironment,
  { pauseMs, throttledPauseMs }: Pace = { pauseMs: PAUSE_MS, throttledPauseMs: THROTTLED_PAUSE_MS },
): Cleanup {
  const send = signedFetch(environment, 'apigateway', LIMITS);
  return async ({ Target }, time) => {
    // Every name starts with an empty one.
    if (Target === undefined || !/^[a-z0-9]+$/.test(Target)) throw new Error('no id of a REST API');
    let removed = 0;
    if (!(await isRemoved(send, Target))) return { removed, isInterrupted: false };
    for (;;) {
      const keys = await listApiKeys(send);
      const ids = keys.filter(({ name }) => isMadeFor(Target, name)).map(({ id }) => id);
      const before = removed;
      for (const id of ids) {
        if (time.aborted) return { removed, isInterrupted: true };
        let outcome = await deleteKey(send, id);
        while (outcome === 'throttled') {
          if (time.aborted) return { removed, isInterrupted: true };
          await sleep(throttledPauseMs);
          outcome = await deleteKey(send, id);
        }
        if (outcome === 'deleted') removed += 1;
        await sleep(pauseMs);
      }
      // Until a list shows none that is left: a command could have made a key meanwhile.
      if (removed === before) return { removed, isInterrupted: false };
    }
  };
}

/** Whether a REST API is gone, or is deleted with its stack. https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApi.html */
async function isRemoved(send: SignedFetch, restApiId: string): Promise<boolean> {
  const { ok, status, text } = await send(`/restapis/${restApiId}`, { headers: { accept: 'application/json' } });
  if (status === 404) return true;
  if (!ok) throw new Error(`API Gateway returned ${status} for the REST API`);
  const api: unknown = JSON.parse(text);
  return isRecord(api) && isRecord(api['tags']) && api['tags'][REMOVAL_TAG.key] === REMOVAL_TAG.value;
}

/** A key that is gone was deleted by an earlier run, and can still be in a list. */
async function deleteKey(send: SignedFetch, id: string): Promise<'deleted' | 'gone' | 'throttled'> {
  const { ok, status } = await send(`/apikeys/${encodeURIComponent(id)}`, { method: 'DELETE' });
  if (ok) return 'deleted';
  if (status === 404) return 'gone';
  if (status === 429) return 'throttled';
  throw new Error(`API Gateway returned ${status} for the deletion of the API key ${id}`);
}

export const handler = onRemoval((properties, time) => apiKeyCleanup(process.env)(properties, time));
