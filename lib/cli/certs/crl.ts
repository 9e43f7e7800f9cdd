import { Command } from 'commander';
import { withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { refreshList } from './certificates.ts';
import { type CertsOptions, listDaysOption, withDir } from './certsOptions.ts';
import { type PublishOptions, publisherOf, withPublish } from './publish.ts';

interface CrlOptions extends CertsOptions, PublishOptions {
  readonly listDays: number;
}

/** `secure-api certs crl`: signs the revocation list again, before it lapses. */
export function crlCommand(): Command {
  const command = withPublish(
    withDir(
      new Command('crl').description(
        'sign the revocation list again; run it every day, because a lapsed list rejects every client',
      ),
      '{ file, number, thisUpdate, nextUpdate, revoked, published }',
    ).addOption(listDaysOption()),
  ).action(run);
  return withExamples(
    command,
    'secure-api certs crl --publish --stack Documents',
    'secure-api certs crl --publish --local',
    'secure-api certs crl --list-days 3 --json',
  );
}

async function run(options: CrlOptions): Promise<void> {
  const publish = await publisherOf(options);
  const list = await refreshList(options.dir, options.listDays);
  const published = await publish?.(options.dir);
  if (options.json) return print(JSON.stringify({ ...list, published }));
  print(`${list.file}: number ${list.number}, ${list.revoked} revoked, lapses on ${list.nextUpdate}`);
  if (published !== undefined) progress(`Published as ${published}.`);
}
