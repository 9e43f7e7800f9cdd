import { ConfigError } from '../definition/errors.ts';

/** The modules of the clients that commands use. Their types are named, because the compiler would write an inferred one out in full. */
interface Modules {
  readonly acm: typeof import('@aws-sdk/client-acm');
  readonly apiGateway: typeof import('@aws-sdk/client-api-gateway');
  readonly cloudFormation: typeof import('@aws-sdk/client-cloudformation');
  readonly cloudWatch: typeof import('@aws-sdk/client-cloudwatch');
  readonly cloudWatchLogs: typeof import('@aws-sdk/client-cloudwatch-logs');
  readonly cognito: typeof import('@aws-sdk/client-cognito-identity-provider');
  readonly dynamoDb: typeof import('@aws-sdk/client-dynamodb');
  readonly lambda: typeof import('@aws-sdk/client-lambda');
  readonly route53: typeof import('@aws-sdk/client-route-53');
  readonly secretsManager: typeof import('@aws-sdk/client-secrets-manager');
  readonly serviceQuotas: typeof import('@aws-sdk/client-service-quotas');
  readonly sns: typeof import('@aws-sdk/client-sns');
  readonly ssm: typeof import('@aws-sdk/client-ssm');
  readonly waf: typeof import('@aws-sdk/client-wafv2');
}

type Name = keyof Modules;
/** The modules of these clients, by name. */
export type Sdk<N extends Name = Name> = Pick<Modules, N>;

const LOAD: { readonly [K in Name]: () => Promise<Modules[K]> } = {
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
};

/**
 * Loads clients of the AWS SDK when a command needs them. They are optional peers: most users of this package run no such
 * command. The SDK supports profiles and single sign-on, as the AWS CLI does.
 *
 * @throws {ConfigError} `sdk-not-installed`, which names every package that is missing.
 */
export async function loadSdk<N extends Name>(...names: readonly N[]): Promise<Sdk<N>> {
  const missing: string[] = [];
  const modules = await Promise.all(
    names.map(async (name) => [name, await LOAD[name]().catch((error: unknown) => missing.push(packageOf(error)))]),
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
