import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import {
  type RotationEnvironment,
  type RotationEvent,
  type RotationProgress,
  variable,
} from '../../lambdas/shared/wireContract.ts';
import { loadSdk, type Sdk } from '../aws/sdk.ts';
import type { ConfigError } from '../definition/errors.ts';
import { awsKeyPlane } from './aws/keyPlane.ts';
import { faults } from './faults.ts';
import { type Deployment, deployedPlans } from './open.ts';

/** Length of one run; progress is reported as often. */
const RUN_SECONDS = 20;
const ROTATION = variable<RotationEnvironment>('SECURE_API_ROTATION');
const KEYS_SECRET = variable<RotationEnvironment>('SECURE_API_KEYS_SECRET');

/** The function of a deployed API that rotates the secret of its keys. */
export interface SecretRotation {
  /** One run: the first starts a rotation, or continues one that was interrupted. */
  run(event: RotationEvent): Promise<RotationProgress>;
}

/**
 * Finds the rotation function of a deployed API by its environment, which names the secret of the API's usage plans.
 *
 * @throws {ConfigError} `sdk-not-installed`, `api-not-deployed`, `option-missing`, `rotation-not-deployed`.
 */
export async function openRotation(deployment: Deployment): Promise<SecretRotation> {
  const { api, region } = deployment;
  const sdk = await loadSdk('apiGateway', 'lambda');
  const settings = region === undefined ? {} : { region };
  const plans = await deployedPlans(awsKeyPlane(sdk, new sdk.apiGateway.APIGatewayClient(settings)), deployment);
  const lambda = new sdk.lambda.LambdaClient(settings);
  const FunctionName = await functionOf(sdk, lambda, plans[0]?.keysSecret);
  if (FunctionName === undefined) throw faults.noRotation(api);
  return {
    async run(event) {
      const Payload = JSON.stringify({ seconds: RUN_SECONDS, ...event } satisfies RotationEvent);
      const result = await lambda.send(new sdk.lambda.InvokeCommand({ FunctionName, Payload }));
      if (result.FunctionError !== undefined) {
        throw new Error(`${FunctionName} failed: see its log. Run the command again to continue the rotation.`);
      }
      return JSON.parse(result.Payload?.transformToString() ?? '') as RotationProgress;
    },
  };
}

async function functionOf(
  { lambda: { paginateListFunctions } }: Sdk<'lambda'>,
  client: InstanceType<Sdk<'lambda'>['lambda']['LambdaClient']>,
  keysSecret: string | undefined,
): Promise<string | undefined> {
  const isRotation = ({ Environment: { Variables = {} } = {} }: FunctionConfiguration) =>
    ROTATION in Variables && Variables[KEYS_SECRET] === keysSecret;
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    const found = Functions.find(isRotation);
    if (found !== undefined) return found.FunctionName;
  }
  return undefined;
}

/** Why a rotation did not start; undefined for one that did. */
export function refusal(progress: RotationProgress): ConfigError | undefined {
  if (progress.phase === 'too-soon') return faults.tooSoon(progress.until);
  return progress.phase === 'no-room' ? faults.noRoom(progress) : undefined;
}
