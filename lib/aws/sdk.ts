import { ConfigError } from '../definition/errors.ts';

/** The clients of the AWS SDK that commands use. */
const CLIENTS = {
  acm: () => import('@aws-sdk/client-acm'),
  apiGateway: () => import('@aws-sdk/client-api-gateway'),
  cloudFormation: () => import('@aws-sdk/client-cloudformation'),
  cloudWatch: () => import('@aws-sdk/client-cloudwatch'),
  cloudWatchLogs: () => import('@aws-sdk/client-cloudwatch-logs'),
  cognito: () => import('@aws-sdk/client-cognito-identity-provider'),
  dynamoDb: () => import('@aws-sdk/client-dynamodb'),
  lambda: () => import('@aws-sdk/client-lambda'),
  route53: () => import('@aws-sdk/client-route-53'),
  secretsManager: () => import('@aws-sdk/client-secrets-manager'),
  serviceQuotas: () => import('@aws-sdk/client-service-quotas'),
  sns: () => import('@aws-sdk/client-sns'),
  ssm: () => import('@aws-sdk/client-ssm'),
  waf: () => import('@aws-sdk/client-wafv2'),
} as const;

type Name = keyof typeof CLIENTS;
/** The modules of these clients, by name. */
export type Sdk<N extends Name = Name> = { readonly [K in N]: Awaited<ReturnType<(typeof CLIENTS)[K]>> };

/**
 * Loads clients of the AWS SDK when a command needs them. They are optional peers: most users of this package run no such
 * command. The SDK supports profiles and single sign-on, as the AWS CLI does.
 *
 * @throws {ConfigError} `sdk-not-installed`, which names every package that is missing.
 */
export async function loadSdk<N extends Name>(...names: readonly N[]): Promise<Sdk<N>> {
  const missing: string[] = [];
  const modules = await Promise.all(
    names.map(async (name) => [name, await CLIENTS[name]().catch((error: unknown) => missing.push(packageOf(error)))]),
  );
  if (missing.length === 0) return Object.fromEntries(modules);
  const packages = missing.sort().join(' ');
  throw new ConfigError({
    code: 'sdk-not-installed',
    location: missing.join(', '),
    found: missing.length === 1 ? 'no such package' : 'no such packages',
    expected: 'the clients of the AWS SDK that this command uses',
    fix: `Install them: npm install --save-dev ${packages}.`,
  });
}

/** The client that a failed import looked for. Any other failure is thrown unchanged. */
function packageOf(error: unknown): string {
  const name = /@aws-sdk\/client-[a-z0-9-]+/.exec(String(error))?.[0];
  if (name !== undefined && (error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND') return name;
  throw error;
}
