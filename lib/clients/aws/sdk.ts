import { ConfigError } from '../../definition/errors.ts';

const PACKAGES = {
  apiGateway: '@aws-sdk/client-api-gateway',
  dynamoDb: '@aws-sdk/client-dynamodb',
  secretsManager: '@aws-sdk/client-secrets-manager',
} as const;

/**
 * The clients of the AWS SDK, loaded when a command needs them: they are optional peers, since most users of this package
 * never manage clients.
 *
 * @throws {ConfigError} `sdk-not-installed`.
 */
export async function loadSdk() {
  const [apiGateway, dynamoDb, secretsManager] = await Promise.all([
    load(PACKAGES.apiGateway, () => import('@aws-sdk/client-api-gateway')),
    load(PACKAGES.dynamoDb, () => import('@aws-sdk/client-dynamodb')),
    load(PACKAGES.secretsManager, () => import('@aws-sdk/client-secrets-manager')),
  ]);
  return { apiGateway, dynamoDb, secretsManager };
}

/** The loaded modules. */
export type Sdk = Awaited<ReturnType<typeof loadSdk>>;

async function load<T>(name: string, module: () => Promise<T>): Promise<T> {
  try {
    return await module();
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND' || !String(error).includes(name)) throw error;
    throw new ConfigError({
      code: 'sdk-not-installed',
      location: name,
      found: 'no such package',
      expected: `the packages ${Object.values(PACKAGES).join(', ')}`,
      fix: `Install them: npm install --save-dev ${Object.values(PACKAGES).join(' ')}.`,
    });
  }
}
