import { createHmac } from './nodeCrypto.ts';

/** Characters of the secret that keys are computed from; with the name of a tier they stay below API Gateway's 128. */
export const KEYS_SECRET_CHARACTERS = 48;

/**
 * The value of a client's API key: HMAC-SHA-256 of the client with the secret of the API, in 64 hexadecimal digits. The
 * authorizer computes it, so it is never stored or sent. Each replacement of the key increases the version.
 */
export function clientKey(secret: string, client: string, version: number): string {
  return createHmac('sha256', secret).update(`v${version}:${client}`).digest('hex');
}

/** The value of the API key that clients of a tier share. CloudFormation computes the same string for the first key. */
export function tierKey(secret: string, tier: string): string {
  return `${tierKeyStart(tier)}${secret}`;
}

/** What the value of a tier's key starts with; the secret follows. */
export function tierKeyStart(tier: string): string {
  return `${tier}-`;
}

/** The tag of keys that are made for an API outside of CloudFormation, with the id of the REST API. */
export const KEY_TAG = 'secure-api:restApi';

/** What the names of the keys begin with that `secure-api clients` makes. */
export function clientKeyPrefix(restApiId: string): string {
  return `${restApiId}-`;
}

/** API keys of an account in a region; it cannot be raised. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const MAX_API_KEYS = 10_000;

/** What the names of the keys begin with that rotations of the secret make. */
export function rotatedKeyPrefix(restApiId: string): string {
  return `${restApiId}.`;
}

/** Whether a key of this name was made for an API outside of CloudFormation. */
export function isMadeFor(restApiId: string, name: string): boolean {
  return name.startsWith(clientKeyPrefix(restApiId)) || name.startsWith(rotatedKeyPrefix(restApiId));
}
