import { rotatedKeyPrefix } from '../shared/clientKey.ts';

/**
 * The names of the keys that rotations make: `<REST API>.<version of the secret>.tier.<tier>`, and the same with `client`. Ids
 * of REST APIs and of versions have no dots, so a name is read without a doubt, whatever is in the id of a client.
 */
const NAME = /^(?<restApiId>[^.]+)\.(?<version>[^.]+)\.(?<kind>tier|client)\.(?<owner>.*)$/s;

/** Whose key it is, and of which version of the secret. */
export interface KeyName {
  readonly version: string;
  readonly kind: 'tier' | 'client';
  /** A tier, or the id of a client. */
  readonly owner: string;
}

/** The name of a key that a rotation makes. At most 1,024 characters, since ids of clients have at most 255. */
export function keyName(restApiId: string, { version, kind, owner }: KeyName): string {
  return `${rotatedKeyPrefix(restApiId)}${version}.${kind}.${owner}`;
}

/** Reads the name of a key; undefined for one that no rotation of this API has made. */
export function readKeyName(restApiId: string, name: string): KeyName | undefined {
  const { restApiId: api, version = '', kind, owner = '' } = NAME.exec(name)?.groups ?? {};
  if (api !== restApiId) return undefined;
  return { version, kind: kind === 'tier' ? 'tier' : 'client', owner };
}
