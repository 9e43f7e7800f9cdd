import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { RESPONSE_MS, respond } from '../shared/cloudFormationResponse.ts';
import { makeLogger } from '../shared/telemetry.ts';

/** Removes what is left behind, until nothing is. The signal ends it: the next run continues. */
export type Cleanup = (properties: Properties, time: AbortSignal) => Promise<Removed>;

/** What the template says about the custom resource, as strings. */
export type Properties = Readonly<Record<string, string | undefined>>;

export interface Removed {
  /** How many were removed in this run. */
  readonly removed: number;
  /** Whether the time was over before everything was removed. */
  readonly isInterrupted: boolean;
}

/** What is left for the response when the function stops removing. */
const RESERVE_MS = RESPONSE_MS + 3_000;
const CONTINUE = 'Delete the stack again: it continues where it stopped.';

/**
 * Makes the function of a custom resource that does nothing until it is deleted, and then cleans up. Its property `Target` is
 * what it cleans, and its physical id: only another target replaces the resource, so no update removes anything.
 *
 * CloudFormation gets a response in any case. It says what failed; then the resource stays, so that the next deletion of the
 * stack calls the function again.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html
 */
export function onRemoval(
  clean: Cleanup,
): (event: CloudFormationCustomResourceEvent, context: Context) => Promise<void> {
  return async (event, context) => {
    const logger = makeLogger();
    const { Target = '', ...others } = event.ResourceProperties as Properties;
    const physicalId = event.RequestType === 'Delete' ? event.PhysicalResourceId : Target;
    const failure = event.RequestType === 'Delete' ? await failureOf() : undefined;
    await respond(event, physicalId, failure);

    async function failureOf(): Promise<string | undefined> {
      try {
        const left = Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS);
        const { removed, isInterrupted } = await clean({ Target, ...others }, AbortSignal.timeout(left));
        logger.info('removed', { target: Target, removed, isInterrupted });
        return isInterrupted
          ? `The time was over after ${removed} were removed from ${Target}. ${CONTINUE}`
          : undefined;
      } catch (error) {
        logger.error('not removed', { target: Target, error });
        const { message } = error instanceof Error ? error : new Error(String(error));
        return `${Target}: ${message}. Fix it. ${CONTINUE}`;
      }
    }
  };
}
