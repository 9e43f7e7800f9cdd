import { randomUUID } from 'node:crypto';
import type { SecretModel } from '../../assembly/model.ts';
import type { Json } from '../../assembly/values.ts';
import { SecretsError } from './error.ts';
import { CURRENT, type SecretVersion, type SecretVersions } from './versions.ts';

/** One operation: the strings that it takes, and its result for a secret. */
interface Operation {
  readonly strings: readonly string[];
  readonly run: (versions: SecretVersions, secret: SecretModel, input: Json) => Json;
}

/**
 * The operations on one secret.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetSecretValue: { strings: ['VersionId', 'VersionStage'], run: getSecretValue },
  DescribeSecret: { strings: [], run: describeSecret },
  PutSecretValue: { strings: ['ClientRequestToken', 'SecretString'], run: putSecretValue },
  UpdateSecretVersionStage: { strings: ['VersionStage', 'MoveToVersionId', 'RemoveFromVersionId'], run: updateStage },
};

function getSecretValue(versions: SecretVersions, secret: SecretModel, input: Json): Json {
  const id = string(input, 'VersionId');
  const stage = string(input, 'VersionStage') ?? (id === undefined ? CURRENT : undefined);
  const version = versions
    .of(secret)
    .versions.find((one) => (id === undefined || one.id === id) && (stage === undefined || one.stages.includes(stage)));
  if (version === undefined) throw SecretsError.notFound();
  return { ...described(version), SecretString: version.value, CreatedDate: version.created / 1000 };
}

function describeSecret(versions: SecretVersions, secret: SecretModel): Json {
  const { versions: all, changed } = versions.of(secret);
  const labelled = all.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, stages] as const);
  return { LastChangedDate: changed / 1000, VersionIdsToStages: Object.fromEntries(labelled) };
}

function putSecretValue(versions: SecretVersions, secret: SecretModel, input: Json): Json {
  const value = required(input, 'SecretString');
  const id = string(input, 'ClientRequestToken') ?? randomUUID();
  const stages = input['VersionStages'] ?? [CURRENT];
  if (!Array.isArray(stages) || !stages.every((stage) => typeof stage === 'string')) {
    throw new SecretsError('SerializationException', 'VersionStages is not a list of strings.');
  }
  versions.put(secret, { id, value, stages });
  return described({ id, stages });
}

function updateStage(versions: SecretVersions, secret: SecretModel, input: Json): Json {
  const [to, from] = [string(input, 'MoveToVersionId'), string(input, 'RemoveFromVersionId')];
  versions.move(secret, required(input, 'VersionStage'), { to, from });
  return {};
}

function described({ id, stages }: Pick<SecretVersion, 'id' | 'stages'>): Json {
  return { VersionId: id, VersionStages: stages };
}

/** A member that is null counts as absent. */
function string(input: Json, name: string): string | undefined {
  const value = input[name];
  return typeof value === 'string' ? value : undefined;
}

function required(input: Json, name: string): string {
  const value = string(input, name);
  if (value === undefined) throw new SecretsError('ValidationException', `${name} is missing.`);
  return value;
}
