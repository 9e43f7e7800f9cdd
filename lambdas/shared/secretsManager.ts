import { type AwsEnvironment, AwsServiceError, awsCall } from './aws.ts';

/** Reads the strings of secrets, by name or ARN. */
export interface Secrets {
  current(id: string): Promise<string>;
  /** The version before the last rotation; undefined if there is none. */
  previous(id: string): Promise<string | undefined>;
}

/** Also reads versions of secrets by their ids; the string of a version never changes. */
export interface VersionedSecrets extends Secrets {
  version(id: string, versionId: string): Promise<string>;
}

/** Reads secrets with GetSecretValue, by the labels that rotation moves (Secrets Manager User Guide, "Version"). */
export function secretsManager(environment: AwsEnvironment): VersionedSecrets {
  const call = awsCall(environment, 'secretsmanager');
  const read = async (id: string, more: object = {}) => {
    const { SecretString: value } = await call('GetSecretValue', { SecretId: id, ...more });
    if (typeof value !== 'string' || value === '') throw new Error('the secret has no string');
    return value;
  };
  return {
    current: (id) => read(id),
    version: (id, VersionId) => read(id, { VersionId }),
    previous: (id) =>
      read(id, { VersionStage: 'AWSPREVIOUS' }).catch((error: unknown) => {
        if (error instanceof AwsServiceError && error.code === 'ResourceNotFoundException') return undefined;
        throw error;
      }),
  };
}
