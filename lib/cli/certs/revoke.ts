import { Command, Option } from 'commander';
import { withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { revoke } from './certificates.ts';
import { type CertsOptions, listDaysOption, withDir } from './certsOptions.ts';
import { type PublishOptions, publisherOf, withPublish } from './publish.ts';
import { folderPublishable } from './publishable.ts';
import { REASONS, type RevocationReason } from './reasons.ts';

interface RevokeOptions extends CertsOptions, PublishOptions {
  readonly reason: RevocationReason;
  readonly listDays: number;
}

/** `secure-api certs revoke`: puts a certificate on the revocation list. */
export function revokeCommand(): Command {
  const command = withPublish(
    withDir(
      new Command('revoke')
        .description('revoke a certificate for ever, and sign the revocation list')
        .argument('<certificate>', 'name or serial number as list prints them, or file of the certificate'),
      '{ serial, name, reason, at, crl, published }',
    )
      .addOption(new Option('--reason <reason>', 'why (RFC 5280)').choices([...REASONS]).default('unspecified'))
      .addOption(listDaysOption()),
  ).action(run);
  return withExamples(
    command,
    'secure-api certs revoke acme.pem --reason keyCompromise --publish --stack Documents',
    'secure-api certs revoke acme --publish --local',
    'secure-api certs revoke 01a4…9c --publish --local',
  );
}

async function run(target: string, options: RevokeOptions): Promise<void> {
  const publish = await publisherOf(options);
  const { certificate, wasRevoked, list } = await revoke(options.dir, target, options.reason, options.listDays);
  const { serial, name, revoked } = certificate;
  const published = await publish?.(() => folderPublishable(options.dir));
  if (options.json) return print(JSON.stringify({ serial, name, ...revoked, crl: list, published }));
  const what = wasRevoked ? 'Was revoked before, so time and reason stay:' : 'Revoked';
  print(
    `${what} ${name}, serial ${serial}. The list ${list.file} has number ${list.number} and lapses on ${list.nextUpdate}.`,
  );
  progress(
    published === undefined
      ? 'Nobody else knows yet: publish it with secure-api certs crl --publish.'
      : `Published as ${published}.`,
  );
}
