import { type Command, Option } from 'commander';
import { awsEnvironment } from '../../aws/kms.ts';
import { ConfigError } from '../../definition/errors.ts';
import { deployedApi } from '../deployedApi.ts';
import { DEFAULT_DATA, missingOption } from '../options.ts';
import { localPlace } from './localPlace.ts';
import type { Publishable } from './publishable.ts';
import { type Place, upload } from './upload.ts';

/** Where to publish. */
export interface PublishOptions {
  readonly publish?: boolean;
  readonly stack?: string;
  readonly api?: string;
  readonly region?: string;
  readonly bucket?: string;
  readonly local?: boolean;
  readonly readyFile?: string;
  readonly data: string;
}

/** Adds the options that say where a revocation list is published. */
export function withPublish(command: Command): Command {
  return command
    .option('--publish', 'upload the list: with --stack, --bucket or --local')
    .addOption(
      new Option('--stack <name>', 'name or ARN of the deployed stack').conflicts(['bucket', 'local', 'readyFile']),
    )
    .option('--api <name>', 'name of the API, when the stack or the gateway has several')
    .addOption(
      new Option('--bucket <name>', 'name of the bucket, instead of the stack').conflicts([
        'api',
        'local',
        'readyFile',
      ]),
    )
    .option('--region <region>', 'AWS region (default: that of the AWS configuration)')
    .option('--local', 'upload it to the running local gateway')
    .option('--ready-file <file>', 'ready file of the local gateway')
    .option('--data <dir>', 'data directory of the local gateway', DEFAULT_DATA);
}

/**
 * Checks, before anything is signed, that the options name one place.
 *
 * @throws {ConfigError} `option-missing`.
 */
function checkPublish({ publish, stack, bucket, local, readyFile }: PublishOptions): void {
  const hasPlace = stack !== undefined || bucket !== undefined || local === true || readyFile !== undefined;
  if (publish === hasPlace || (publish === undefined && !hasPlace)) return;
  throw missingOption(
    publish === true
      ? {
          location: '--stack, --bucket or --local',
          found: '--publish alone',
          expected: 'where to publish',
          fix: 'Name the stack: --publish --stack NAME.',
        }
      : {
          location: '--publish',
          found: 'a place without it',
          expected: '--publish',
          fix: 'Add --publish, or leave the place out.',
        },
  );
}

/** Finds the place before anything is signed, so that a revocation whose list cannot be published is not half done. */
export async function publisherOf(
  options: PublishOptions,
): Promise<((read: () => Publishable) => Promise<string>) | undefined> {
  checkPublish(options);
  if (options.publish !== true) return undefined;
  const place = await placeOf(options);
  return (read) => upload(read, place);
}

async function placeOf(options: PublishOptions): Promise<Place> {
  if (options.local === true || options.readyFile !== undefined) return localPlace(options);
  const { stack, bucket, region, api } = options;
  if (stack === undefined) return { environment: await awsEnvironment(region), bucket: bucket ?? '' };
  const found = await deployedApi({ stack, region, api });
  const { revocationLists } = found.outputs;
  if (revocationLists === undefined) {
    throw new ConfigError({
      code: 'api-not-deployed',
      location: `--stack ${stack}`,
      found: 'no output RevocationLists',
      expected: 'an API with mtls.revocation, whose bucket is an output of the stack',
      fix: 'Deploy it with mtls: { …, revocation: true }, or name a bucket by --bucket.',
    });
  }
  return { environment: await awsEnvironment(found.region), bucket: revocationLists };
}
