import { createHash, randomInt } from 'node:crypto';
import { type AwsEnvironment, AwsServiceError, awsCall } from '../shared/aws.ts';
import { KEYS_SECRET_CHARACTERS } from '../shared/clientKey.ts';
import { isRecord } from '../shared/json.ts';
import type { SecretLabels, SecretVersions } from './ports.ts';

const LIMITS = { timeoutMs: 10_000, retries: 3 };
const CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
/** The labels that Secrets Manager itself keeps for rotations. */
const [CURRENT, PENDING, PREVIOUS] = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS'];

/**
 * The versions of a secret, by the labels of Secrets Manager. When the current label moves, Secrets Manager moves the label of
 * the previous version by itself.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_version
 */
export function secretVersions(environment: AwsEnvironment, SecretId: string): SecretVersions {
  const call = awsCall(environment, 'secretsmanager', LIMITS);
  const labels = async (): Promise<SecretLabels> => {
    const described = await call('DescribeSecret', { SecretId });
    const versions = isRecord(described['VersionIdsToStages']) ? Object.entries(described['VersionIdsToStages']) : [];
    const having = (label: string) =>
      versions.find(([, stages]) => Array.isArray(stages) && stages.includes(label))?.[0];
    const current = having(CURRENT);
    const pending = having(PENDING);
    if (current === undefined) throw new Error('the secret of the API keys has no current version');
    return {
      current,
      previous: having(PREVIOUS),
      // After a rotation, the label stays where it was.
      pending: pending === current ? undefined : pending,
      changed: milliseconds(described['LastChangedDate']),
    };
  };
  return {
    labels,
    async read(VersionId) {
      const { SecretString: value, CreatedDate } = await call('GetSecretValue', { SecretId, VersionId });
      if (typeof value !== 'string' || value === '') throw new Error('the secret of the API keys has no string');
      return { value, created: milliseconds(CreatedDate) };
    },
    async add(before) {
      const ClientRequestToken = tokenOf(before);
      const version = { ClientRequestToken, SecretString: generate(), VersionStages: [PENDING] };
      await call('PutSecretValue', { SecretId, ...version }).catch((error: unknown) => {
        // Another run that read the same labels was faster, or a response was lost.
        if (!(error instanceof AwsServiceError && error.code === 'ResourceExistsException')) throw error;
      });
    },
    async promote({ current, pending }) {
      const move = { VersionStage: CURRENT, MoveToVersionId: pending, RemoveFromVersionId: current };
      await call('UpdateSecretVersionStage', { SecretId, ...move }).catch(async (error: unknown) => {
        // Another run was faster.
        if ((await labels()).current !== pending) throw error;
      });
    },
  };
}

/** The id of the version that follows these labels: two runs that start at once make one version. */
function tokenOf({ current, changed }: SecretLabels): string {
  const hash = createHash('sha256').update(`${current} ${changed}`).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

function generate(): string {
  return Array.from({ length: KEYS_SECRET_CHARACTERS }, () => CHARACTERS.charAt(randomInt(CHARACTERS.length))).join('');
}

/** Services write times as seconds since the epoch. */
function milliseconds(seconds: unknown): number {
  const time = Number(seconds) * 1000;
  if (!Number.isFinite(time)) throw new Error('Secrets Manager returned no time');
  return time;
}
