import { Command, Option } from 'commander';
import { missingOption, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { type RevocationList, refreshList } from './certificates.ts';
import { type CertsOptions, listDaysOption, withDir } from './certsOptions.ts';
import { type PublishOptions, publisherOf, withPublish } from './publish.ts';
import { folderPublishable, foreignPublishable } from './publishable.ts';

interface CrlOptions extends CertsOptions, PublishOptions {
  readonly listDays: number;
  readonly file?: string;
  readonly trustStore?: string;
  readonly allowRemoved?: boolean;
}

/** `secure-api certs crl`: signs the revocation list again, before it lapses. */
export function crlCommand(): Command {
  const command = withPublish(
    withDir(
      new Command('crl').description(
        'sign the revocation list again; run it every day, because a lapsed list rejects every client',
      ),
      '{ file, number, thisUpdate, nextUpdate, revoked, published }',
    )
      .addOption(listDaysOption())
      .addOption(
        new Option('--file <list>', 'publish this list of another CA, in PEM or DER, instead of signing one').conflicts(
          ['dir', 'listDays'],
        ),
      )
      .option('--trust-store <pem>', 'with --file: the file of mtls.trustStore, whose CA has to have signed the list')
      .option('--allow-removed', 'with --file: the list can be without certificates that the published one revokes'),
  ).action(run);
  return withExamples(
    command,
    'secure-api certs crl --publish --stack Documents',
    'secure-api certs crl --publish --local',
    'secure-api certs crl --list-days 3 --json',
    'secure-api certs crl --file acme.crl --trust-store trusted.pem --publish --stack Documents',
  );
}

async function run(options: CrlOptions): Promise<void> {
  const { dir, file, trustStore, allowRemoved } = options;
  checkForeign(options);
  const publish = await publisherOf(options);
  if (file !== undefined && trustStore !== undefined) {
    const foreign = foreignPublishable(file, trustStore, allowRemoved === true);
    const { number, thisUpdate, nextUpdate, revoked } = foreign.list;
    const isoOf = (time: number) => new Date(time).toISOString();
    const published = await publish?.(() => foreign);
    const dates = { thisUpdate: isoOf(thisUpdate), nextUpdate: isoOf(nextUpdate) };
    const list = { file, number: Number(number), ...dates, revoked: revoked.size };
    return report(list, published, options);
  }
  const list = await refreshList(dir, options.listDays);
  report(list, await publish?.(() => folderPublishable(dir)), options);
}

function report(list: RevocationList, published: string | undefined, { json }: CrlOptions): void {
  if (json) {
    print(JSON.stringify({ ...list, published }));
    return;
  }
  print(`${list.file}: number ${list.number}, ${list.revoked} revoked, lapses on ${list.nextUpdate}`);
  if (published !== undefined) progress(`Published as ${published}.`);
}

/** A list of another CA is only published, and only when it can be verified. */
function checkForeign({ file, trustStore, allowRemoved, publish }: CrlOptions): void {
  const isForeign = file !== undefined;
  if (isForeign === (trustStore !== undefined) && (isForeign ? publish === true : allowRemoved === undefined)) return;
  throw missingOption({
    location: '--file, --trust-store and --publish',
    found: 'one without the others',
    expected: 'the list of another CA, the trust store that verifies it, and where to publish',
    fix: 'Name all three: --file acme.crl --trust-store trusted.pem --publish --stack NAME.',
  });
}
