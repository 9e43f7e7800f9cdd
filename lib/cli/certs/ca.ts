import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { wholeNumber, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { createAuthority } from './authority.ts';
import { refreshList } from './certificates.ts';
import { type CertsOptions, listDaysOption, withDir } from './certsOptions.ts';
import { pathsOf } from './folder.ts';
import { checkCommonName, nameConstraints } from './names.ts';
import type { Curve } from './signer.ts';

interface CaOptions extends CertsOptions {
  readonly name: string;
  readonly years: number;
  readonly curve: Curve;
  readonly kms?: string;
  readonly region?: string;
  readonly permitDns?: readonly string[];
  readonly permitUri?: readonly string[];
  readonly permitEmail?: readonly string[];
  readonly listDays: number;
}

const DAYS_OF_YEAR = 365;
const MAX_YEARS = 20;

/** `secure-api certs ca`: makes a CA and its first, empty revocation list. */
export function caCommand(): Command {
  const command = withDir(
    new Command('ca').description('make a CA in a folder that only you can read'),
    '{ certificate, serial, subject, from, to, key, crl }',
  )
    .option('--name <name>', 'common name of the CA', 'Partner CA')
    .addOption(
      new Option('--years <years>', 'years that the CA is valid').argParser(wholeNumber(1, MAX_YEARS)).default(5),
    )
    .addOption(
      new Option('--curve <curve>', 'curve of its key').choices(['P-256', 'P-384']).default('P-256').conflicts('kms'),
    )
    .option('--kms <key>', 'sign with this key in KMS (ARN, id or alias) instead of a key in the folder')
    .option('--region <region>', 'AWS region of the key (default: that of its ARN, then that of the AWS configuration)')
    .option('--permit-dns <domain...>', 'constrain the CA to host names in these domains')
    .option('--permit-uri <host...>', 'constrain the CA to URIs of these hosts; .acme.example for what is below it')
    .option('--permit-email <host...>', 'constrain the CA to email addresses of these hosts')
    .addOption(listDaysOption())
    .action(run);
  return withExamples(
    command,
    'secure-api certs ca --dir partner-ca --name "Acme API partners"',
    'secure-api certs ca --kms alias/partner-ca --region eu-west-1 --years 3',
    'secure-api certs ca --permit-uri acme.example --permit-uri .partners.example',
  );
}

async function run(options: CaOptions): Promise<void> {
  const {
    dir,
    name,
    years,
    curve,
    kms,
    region,
    permitDns: dns,
    permitUri: uri,
    permitEmail: email,
    listDays,
  } = options;
  checkCommonName(name, '--name');
  const permitted = nameConstraints({ dns, uri, email });
  const authority = await createAuthority({ dir, name, days: years * DAYS_OF_YEAR, curve, permitted, kms, region });
  const crl = await refreshList(dir, listDays);
  const paths = pathsOf(authority.folder);
  const {
    serialNumber: serial,
    subject,
    validFromDate: from,
    validToDate: to,
  } = new X509Certificate(authority.certificate);
  const key = authority.settings.kms ?? paths.key;
  if (options.json)
    return print(JSON.stringify({ certificate: paths.certificate, serial, subject, from, to, key, crl }));
  print(`${paths.certificate}: ${subject}, valid until ${to.toISOString()}`);
  progress(
    authority.settings.kms === undefined
      ? `Its key is ${key}: back the folder up where only you can read it.`
      : `Its key is ${key}.`,
  );
  progress(
    `Trust it: mtls: { trustStore: '${join(dir, 'ca.pem')}', revocation: true }. Its revocation list lapses on ${crl.nextUpdate}.`,
  );
}
