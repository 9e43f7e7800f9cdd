import { randomBytes } from 'node:crypto';
import { startAwsJson } from '../awsJson.ts';
import { logsKind } from './endpoint.ts';
import { logFilesIn } from './events.ts';

/** The logs of a gateway that does not run, behind the API of CloudWatch Logs. */
export interface StoredLogs {
  /** Variables by which AWS SDKs reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The log groups: the names of the files below `logs`, without `.log`. */
  readonly logGroups: readonly string[];
  close(): Promise<void>;
}

/**
 * Serves the log files of a data directory on loopback until closed, with separate credentials.
 *
 * @example
 * ```ts
 * import { serveStoredLogs } from 'secure-api-local';
 *
 * const { environment, logGroups, close } = await serveStoredLogs('.secure-api');
 * Object.assign(process.env, environment); // the AWS SDK and the AWS CLI then query logGroups
 * await close();
 * ```
 */
export async function serveStoredLogs(directory: string): Promise<StoredLogs> {
  const logGroups = logFilesIn(directory);
  const credentials = { accessKeyId: 'local', secretAccessKey: randomBytes(30).toString('base64url') };
  const access = { credentials, region: 'us-east-1' };
  const files = Object.fromEntries(logGroups.map((name) => [name, name]));
  const logs = { directory, files: () => files, flush: async () => undefined };
  const service = await startAwsJson(logsKind(logs), access);
  return {
    environment: {
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: service.url,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: access.region,
    },
    logGroups,
    close: service.close,
  };
}
