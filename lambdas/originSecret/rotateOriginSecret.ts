import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { respond } from '../shared/cloudFormationResponse.ts';
import { isRecord } from '../shared/json.ts';
import { keyValueStore } from '../shared/keyValueStore.ts';
import { makeLogger } from '../shared/telemetry.ts';
import type { OriginSecretEnvironment, OriginSecretSettings, Readable } from '../shared/wireContract.ts';
import { advance, type OriginSecretOutcome } from './advance.ts';
import { patternSet } from './patternSet.ts';

/** AWS documents seconds to minutes. https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-testing-activities.html */
const SETTLE_MS = 120_000;
const DAY_MS = 86_400_000;
/** Edge locations still send the previous value for a while, so two rotations have this pause between them. */
const SHORTEST_PAUSE_MS = 600_000;
const PHYSICAL_ID = 'origin-secret';

/**
 * Makes the function that makes and rotates the secret between a distribution and its API. Events of CloudFormation make the first value, or
 * repair what is inconsistent; those of the schedule rotate, too, and `{ "rotate": true }` rotates before it is due.
 */
export function rotateOriginSecret(
  environment: Readable<OriginSecretEnvironment> = process.env,
  settleMs: number = SETTLE_MS,
): (event: unknown) => Promise<OriginSecretOutcome | undefined> {
  const logger = makeLogger();
  const run = async (when: 'never' | 'due' | 'now') => {
    const settings = JSON.parse(environment.SECURE_API_ORIGIN_SECRET ?? '{}') as OriginSecretSettings;
    const outcome = await advance(
      {
        store: keyValueStore(environment, settings.storeArn),
        accepted: patternSet(environment, settings.patternSet),
        now: Date.now,
        settle: () => sleep(settleMs),
      },
      { never: Number.POSITIVE_INFINITY, due: settings.everyDays * DAY_MS, now: SHORTEST_PAUSE_MS }[when],
    );
    if (outcome !== 'idle') logger.info('secret of the origin', { outcome });
    return outcome;
  };
  return async (event) => {
    if (!isOfCloudFormation(event)) return run(isRecord(event) && event['rotate'] === true ? 'now' : 'due');
    // Its web ACL is deleted with the stack.
    if (event.RequestType === 'Delete') return finish(event, undefined);
    const failure = await run('never').then(
      () => undefined,
      (error: unknown) => {
        logger.error('no secret of the origin', { error });
        return error instanceof Error ? error.message : String(error);
      },
    );
    return finish(event, failure);
  };

  async function finish(event: CloudFormationCustomResourceEvent, failure: string | undefined): Promise<undefined> {
    await respond(event, PHYSICAL_ID, failure);
    return undefined;
  }
}

function isOfCloudFormation(event: unknown): event is CloudFormationCustomResourceEvent {
  return isRecord(event) && typeof event['ResponseURL'] === 'string';
}
