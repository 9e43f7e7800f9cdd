import type { PretokenEvent } from './event.ts';
import { accessTokenChange } from './tokenChange.ts';

/** Returns the event to Cognito with the changes of the access token. ID tokens stay as they are. */
export async function handler(event: PretokenEvent): Promise<PretokenEvent> {
  return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: accessTokenChange(event) } } };
}
