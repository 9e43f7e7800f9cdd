import { Command, Option } from 'commander';
import { wholeNumber, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { issue } from './certificates.ts';
import { type CertsOptions, MAX_DAYS, withDir } from './certsOptions.ts';
import { readAuthority } from './folder.ts';
import { alternativeNames, checkCommonName, type NameOptions, nameOptions } from './names.ts';
import { readSigningRequest } from './request.ts';

interface IssueOptions extends CertsOptions, NameOptions {
  readonly csr?: string;
  readonly days: number;
}

const DEFAULT_DAYS = 30;

/** `secure-api certs issue`: a certificate for a client of a partner. */
export function issueCommand(): Command {
  const command = withDir(
    new Command('issue')
      .description('issue a client certificate to a partner')
      .argument('<name>', 'common name of the partner, such as acme'),
    '{ serial, name, names, from, to, certificate, key }',
  )
    .option('--csr <file>', "the partner's signing request in PEM or DER; without it, a key is made here")
    .addOption(
      new Option('--days <days>', 'days that it is valid').argParser(wholeNumber(1, MAX_DAYS)).default(DEFAULT_DAYS),
    );
  for (const option of nameOptions()) command.addOption(option);
  command.action(run);
  return withExamples(
    command,
    'secure-api certs issue acme --csr acme.csr --uri spiffe://acme.example/robot',
    'secure-api certs issue acme --days 7 --json',
  );
}

async function run(name: string, options: IssueOptions): Promise<void> {
  checkCommonName(name, 'the name');
  const names = alternativeNames(options);
  readAuthority(options.dir);
  const request = options.csr === undefined ? undefined : await readSigningRequest(options.csr);
  const issued = await issue({ dir: options.dir, name, names, days: options.days, publicKey: request?.publicKey });
  if (request?.hasNames === true || (request !== undefined && ![`CN=${name}`, ''].includes(request.subject))) {
    progress('The request asks for other names. The certificate has only those of this command.');
  }
  if (options.json) return print(JSON.stringify(issued));
  print(`${issued.certificate}: ${name}, serial ${issued.serial}, valid until ${issued.to}`);
  if (issued.key !== undefined) {
    progress(
      `Its key is ${issued.key}. Give it to the partner over a channel that nobody else reads, then delete it here.`,
    );
  }
}
