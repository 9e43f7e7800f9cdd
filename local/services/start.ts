import { randomBytes } from 'node:crypto';
import type { EmulationGap, StackModel } from '../assembly/model.ts';
import type { Clock, ScanOptions, Services } from '../contracts.ts';
import type { LocalTls } from './certificates.ts';
import { countRequest } from './dynamodb/measure.ts';
import { startDynamoDb } from './dynamodb/start.ts';
import { privateDirectory } from './files.ts';
import type { PreToken } from './issuer/preToken.ts';
import { startIssuer } from './issuer/start.ts';
import type { TokenSettings } from './issuer/tokenSettings.ts';
import { inspectMonitoring, startMonitoring } from './monitoring.ts';
import { startS3 } from './s3/start.ts';
import { startSecretsManager } from './secrets/start.ts';
import type { SecretVersions } from './secrets/versions.ts';
import type { Access } from './signature.ts';
import type { Delivery } from './sns/notifications.ts';
import { startTraces, type Traces } from './traces/start.ts';

/** What the services need in addition to the model. */
export interface ServicesOptions extends ScanOptions {
  /** Where state lives. */
  readonly data: string;
  readonly clock: Clock;
  readonly secrets: SecretVersions;
  /** A certificate for `localhost` with its key, and the CA that signed it; all PEM. */
  readonly tls: Pick<LocalTls, 'cert' | 'key' | 'caPem'>;
  /** Gets one line a message. */
  readonly print: (line: string) => void;
  /** 0, the default, keeps the issuer's port of the last run when it is free. */
  readonly issuerPort?: number;
  readonly tokenSettings: TokenSettings;
  /** Runs the trigger of a user pool, once functions can be run. */
  readonly preToken?: PreToken;
  /** Runs the notifier of the stack, once functions can be run. */
  readonly invoke?: Delivery['invoke'];
}

/** The running services, with the issuer's identifier and what they cannot emulate. */
export interface StartedServices extends Services {
  readonly issuer: string;
  /** Where a Prometheus reads the metrics. */
  readonly metricsUrl: string;
  /** Where spans go, and the variables by which functions find it. */
  readonly spans: Pick<Traces, 'add' | 'environment'>;
  /** Whose signatures the services accept. */
  readonly access: Access;
  readonly emulationGaps: readonly EmulationGap[];
  /**
   * Makes what another load of the stack needs in addition. Endpoints, credentials and data stay.
   *
   * @throws when a table or a key cannot be made
   */
  prepare(model: StackModel, tokenSettings: TokenSettings): Promise<ServicesChange>;
  /** Serves new connections of S3 and the issuer with another certificate. */
  setTls(tls: ServicesOptions['tls']): void;
}

/** What was made for another load of the stack. */
export interface ServicesChange {
  readonly emulationGaps: readonly EmulationGap[];
  /** Serves it. */
  commit(): void;
  /** Removes it. */
  undo(): Promise<void>;
}

type Close = () => Promise<void>;

/**
 * Starts everything that stands in for AWS services: DynamoDB, S3, Secrets Manager, CloudWatch, EventBridge, SNS and the issuer. When one
 * cannot start, the running ones are closed before the error is thrown.
 */
export async function startServices(model: StackModel, options: ServicesOptions): Promise<StartedServices> {
  const closing: Close[] = [];
  try {
    return await start(model, options, closing);
  } catch (error) {
    await closeAll(closing).catch(() => {});
    throw error;
  }
}

async function start(model: StackModel, options: ServicesOptions, closing: Close[]): Promise<StartedServices> {
  const { clock, print, tokenSettings, preToken, scan, scanDelay } = options;
  const data = privateDirectory(options.data);
  // Other users of this machine can connect to every service, and only the owner of the data directory can read this.
  const credentials = { accessKeyId: 'local', secretAccessKey: randomBytes(30).toString('base64url') };
  const access = { credentials, region: model.region };
  const { invoke } = options;
  const monitoring = await startMonitoring(model, { data, clock, access, print, ...(invoke && { invoke }) }, closing);
  const traces = await startTraces(data, closing);
  const { metric } = monitoring.telemetry;
  const dynamoDb = await startDynamoDb(data, model.tables, access, print, (request) => countRequest(request, metric));
  closing.push(dynamoDb.close);
  const secrets = await startSecretsManager(model.secrets, options.secrets, access);
  closing.push(secrets.close);
  const tls = withChain(options.tls);
  const s3 = await startS3({ data, buckets: model.buckets, tls, access, print, scan, scanDelay });
  closing.push(s3.close);
  const issuer = await startIssuer({ data, tls, port: options.issuerPort ?? 0, tokenSettings, preToken, print });
  closing.push(issuer.close);
  return {
    telemetry: monitoring.telemetry,
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_S3: s3.url,
      ...monitoring.environment,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: model.region,
    },
    access,
    metricsUrl: monitoring.metricsUrl,
    alarms: monitoring.alarms,
    notifications: monitoring.notifications,
    spans: traces,
    traces: traces.all,
    issuer: issuer.url,
    emulationGaps: [...dynamoDb.emulationGaps, ...inspectMonitoring(model)],
    async prepare(next, settings) {
      const commitIssuer = await issuer.prepare(settings);
      const tables = await dynamoDb.prepare(next.tables);
      return {
        emulationGaps: [...tables.emulationGaps, ...inspectMonitoring(next)],
        commit() {
          tables.commit();
          secrets.update(next.secrets);
          monitoring.update(next);
          s3.update(next.buckets);
          commitIssuer();
        },
        undo: tables.undo,
      };
    },
    setTls(next) {
      s3.setTls(withChain(next));
      issuer.setTls(withChain(next));
    },
    close: () => closeAll(closing),
  };
}

/** The CA goes along, so that a client which knows the CA by another path sees the whole chain. */
function withChain({ cert, key, caPem }: ServicesOptions['tls']) {
  return { cert: `${cert.trim()}\n${caPem.trim()}\n`, key };
}

/** Ends what runs, last started first; each one even if another fails. Safe to call twice. */
async function closeAll(closing: Close[]): Promise<void> {
  const results = await Promise.allSettled(
    closing
      .splice(0)
      .reverse()
      .map((close) => close()),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
