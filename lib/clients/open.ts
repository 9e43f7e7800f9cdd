import { clientKey } from '../../lambdas/shared/clientKey.ts';
import { localUser, principalArn } from '../aws/principal.ts';
import { loadSdk } from '../aws/sdk.ts';
import { ConfigError } from '../definition/errors.ts';
import { awsKeyPlane } from './aws/keyPlane.ts';
import { awsStore } from './aws/store.ts';
import type { DeployedPlan } from './model.ts';
import type { ClientServices, KeyPlane } from './ports.ts';

/** Which deployed API. */
export interface Deployment {
  /** Name of the definition. */
  readonly api: string;
  /** Which of several deployments of it in the region. */
  readonly restApi?: string;
  /** Default: the region that the SDK finds. */
  readonly region?: string;
  /** Whether the services are those of a local gateway, which the environment points to. */
  readonly local: boolean;
}

/**
 * Finds a deployed API by the tags of its usage plans, and opens the services that manage its clients. Credentials,
 * region and endpoints are those of the environment, as for every AWS SDK.
 *
 * @throws {ConfigError} `sdk-not-installed`, `api-not-deployed`, `clients-not-registered`, `option-missing`.
 */
export async function openClients(deployment: Deployment): Promise<ClientServices> {
  const { api, region, local } = deployment;
  const sdk = await loadSdk('apiGateway', 'dynamoDb', 'secretsManager');
  const settings = region === undefined ? {} : { region };
  const gateway = new sdk.apiGateway.APIGatewayClient(settings);
  const keys = awsKeyPlane(sdk, gateway);
  const plans = await deployedPlans(keys, deployment);
  const [{ keysSecret = '', clientsTable } = {}] = plans as readonly Partial<DeployedPlan>[];
  if (clientsTable === undefined) throw notRegistered(api);
  const secrets = new sdk.secretsManager.SecretsManagerClient(settings);
  let secret: Promise<{ readonly string: string; readonly version: string }> | undefined;
  const readSecret = async () => {
    const command = new sdk.secretsManager.GetSecretValueCommand({ SecretId: keysSecret });
    const { SecretString: string = '', VersionId: version = '' } = await secrets.send(command);
    return { string, version };
  };
  return {
    keys,
    plans,
    store: awsStore(sdk, new sdk.dynamoDb.DynamoDBClient(settings), clientsTable),
    keyValue: async (client, version) => {
      secret ??= readSecret();
      const { string, version: secretVersion } = await secret;
      return { value: clientKey(string, client, version), secretVersion };
    },
    who: async () => {
      if (local) return localUser();
      return principalArn({ region: await gateway.config.region(), credentials: await gateway.config.credentials() });
    },
    now: () => new Date(),
  };
}

/**
 * The usage plans of a deployed API.
 *
 * @throws {ConfigError} `api-not-deployed`, `option-missing`.
 */
export async function deployedPlans(
  keys: Pick<KeyPlane, 'plans'>,
  { api, restApi }: Deployment,
): Promise<readonly DeployedPlan[]> {
  const plans = await keys.plans(api);
  const ids = [...new Set(plans.map(({ restApiId }) => restApiId))];
  const wanted = restApi ?? ids[0];
  const own = plans.filter(({ restApiId }) => restApiId === wanted);
  if (own.length === 0) {
    throw new ConfigError({
      code: 'api-not-deployed',
      location: api,
      found: 'no usage plan with its tags',
      expected: 'an API made by SecureApi, deployed in this account and region',
      fix: 'Check --api, --rest-api, --region and the credentials, or deploy first.',
    });
  }
  if (restApi !== undefined || ids.length === 1) return own;
  throw new ConfigError({
    code: 'option-missing',
    location: '--rest-api',
    found: `${ids.length} deployments of ${api}: ${ids.join(', ')}`,
    expected: 'one of them',
    fix: 'Select it with --rest-api.',
  });
}

function notRegistered(api: string): ConfigError {
  return new ConfigError({
    code: 'clients-not-registered',
    location: api,
    found: 'an API that registers no clients',
    expected: 'the prop "clients: true" of SecureApi',
    fix: 'Set it and deploy; until then the clients of a tier share its key.',
  });
}
