import { setTimeout as sleep } from 'node:timers/promises';
import { isRecord } from '../shared/json.ts';
import { makeLogger } from '../shared/telemetry.ts';
import type {
  Readable,
  RotationEnvironment,
  RotationEvent,
  RotationProgress,
  RotationSettings,
} from '../shared/wireContract.ts';
import { advance } from './advance.ts';
import { apiKeys } from './apiKeys.ts';
import { clientRecords } from './clientRecords.ts';
import { secretVersions } from './secretVersions.ts';

/** API Gateway creates five keys a second in an account and region; the CLI of a colleague may need one, too. */
const PACE_MS = 250;
/** Time for the calls of a step. */
const RESERVE_MS = 60_000;
/** API Gateway documents no time within which a new key works everywhere. */
const SETTLE_S = 300;

/** The part of Lambda's context that is read. */
interface Remaining {
  getRemainingTimeInMillis(): number;
}

/**
 * The function that rotates the secret of the API keys when that is due, or when a command starts it, and that deletes keys
 * which are not used any more. Several runs do one rotation.
 *
 * @example
 * ```ts
 * export const handler = rotateSecret();
 * ```
 */
export function rotateSecret(): (event: unknown, context: Remaining) => Promise<RotationProgress> {
  const logger = makeLogger();
  return async (event, context) => {
    const { start, settleSeconds, seconds } = readEvent(event);
    const environment: Readable<RotationEnvironment> = process.env;
    const { restApiId, everyDays, plans } = JSON.parse(environment.SECURE_API_ROTATION ?? '{}') as RotationSettings;
    const table = environment.SECURE_API_CLIENTS_TABLE;
    const end = performance.now() + Math.min(seconds * 1000, context.getRemainingTimeInMillis() - RESERVE_MS);
    const progress = await advance(
      {
        restApiId,
        plans,
        secret: secretVersions(environment, environment.SECURE_API_KEYS_SECRET ?? ''),
        keys: apiKeys(environment, restApiId),
        clients: table === undefined ? undefined : clientRecords(environment, table),
        now: Date.now,
        hasTime: () => performance.now() < end,
        pace: () => sleep(PACE_MS),
      },
      { start, everyDays, settleMs: settleSeconds * 1000 },
    );
    if (progress.phase !== 'idle') logger.info('rotation of the secret of the API keys', { ...progress });
    // The alarm on failed functions notifies people: nobody reads the result of a scheduled run.
    if (progress.phase === 'no-room' && !start)
      throw new Error('the API keys of the new secret do not fit: see the log');
    return progress;
  };
}

function readEvent(event: unknown): Required<RotationEvent> {
  const { start, settleSeconds, seconds } = isRecord(event) ? event : {};
  return {
    start: start === true,
    settleSeconds: within(settleSeconds, 0, 3_600) ?? SETTLE_S,
    seconds: within(seconds, 1, 840) ?? Number.MAX_SAFE_INTEGER,
  };
}

function within(value: unknown, min: number, max: number): number | undefined {
  return typeof value === 'number' && value >= min && value <= max ? value : undefined;
}
