import { ConfigError, type ConfigErrorCode } from '../definition/errors.ts';

interface Wrong {
  readonly code: ConfigErrorCode;
  readonly location: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

const fault = (wrong: Wrong): ConfigError => new ConfigError(wrong);

/** The errors of managing clients; each message names the client, never a key. */
export const faults = {
  unknown: (client: string) =>
    fault({
      code: 'client-unknown',
      location: client,
      found: 'no registered client of this id',
      expected: 'one that "clients list" shows',
      fix: 'Register it with "clients add"; until then it shares the key of its tier.',
    }),
  exists: (client: string) =>
    fault({
      code: 'client-exists',
      location: client,
      found: 'a client that is registered',
      expected: 'a new one',
      fix: 'Change it with "clients set-tier", "rotate" or "suspend".',
    }),
  changed: (client: string) =>
    fault({
      code: 'client-changed',
      location: client,
      found: 'a client that another change has just modified',
      expected: 'the state that this change started from',
      fix: 'Check it with "clients show", then try again.',
    }),
  tier: (tier: string, tiers: readonly string[]) =>
    fault({
      code: 'option-invalid',
      location: '--tier',
      found: JSON.stringify(tier),
      expected: `one of ${tiers.join(', ')}`,
      fix: 'Use a tier that is deployed.',
    }),
  clientId: (client: string) =>
    fault({
      code: 'option-invalid',
      location: 'client',
      found: JSON.stringify(client),
      expected: 'a client id, 1–255 printable ASCII characters (RFC 6749, appendix A.1)',
      fix: 'Write it as the tokens do, in the claim that names the client.',
    }),
  full: () =>
    fault({
      code: 'keys-exhausted',
      location: 'API Gateway',
      found: 'as many API keys as the account is allowed to have in the region',
      expected: 'room for one more (10,000 by default)',
      fix: 'Request a higher quota, deploy the API in another region for some clients, or use exact limits, which need no keys.',
    }),
  noRotation: (api: string) =>
    fault({
      code: 'rotation-not-deployed',
      location: api,
      found: 'no function that rotates the secret of its keys',
      expected: 'the prop keyRotationDays of SecureApi',
      fix: 'Set it, such as keyRotationDays: 90, and deploy.',
    }),
  tooSoon: (until: string) =>
    fault({
      code: 'rotation-too-soon',
      location: 'the secret of the API keys',
      found: 'a rotation within the last 25 hours',
      expected: 'none: caches can name keys of the version before it until then',
      fix: `Run the command again after ${until}.`,
    }),
  noRoom: ({ keys, needed, limit }: { readonly keys: number; readonly needed: number; readonly limit: number }) =>
    fault({
      code: 'keys-exhausted',
      location: 'API Gateway',
      found: `${keys} API keys in the region, and ${needed} more that the rotation needs beside them`,
      expected: `at most ${limit} together`,
      fix: 'Remove clients that are not used, or move some to another region. Nothing was changed.',
    }),
};
