import type { FunctionModel } from '../assembly/model.ts';
import { logGroupOf } from '../assembly/resources/functions.ts';

/** Decides whether a function of `secure-api` rejects an undeclared response. Locally it always does. */
const RESPONSE_MODE = 'SECURE_API_RESPONSES';

/**
 * The whole environment of a function: its own variables, those of the local services, and those that Lambda reserves.
 * Nothing of the parent process is in it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function environmentOf(
  model: FunctionModel,
  services: Readonly<Record<string, string>>,
  logStream: string,
): Record<string, string> {
  const region = model.arn.split(':')[3] ?? '';
  return {
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    ...model.environment,
    ...(RESPONSE_MODE in model.environment ? { [RESPONSE_MODE]: 'enforce' } : {}),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...services,
    AWS_EXECUTION_ENV: `AWS_Lambda_${model.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: model.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(model),
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: model.assetPath,
    _HANDLER: model.handler,
  };
}
