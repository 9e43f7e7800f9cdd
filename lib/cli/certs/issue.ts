import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Command, Option } from 'commander';
import { wholeNumber, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { type Issued, issue } from './certificates.ts';
import { type CertsOptions, MAX_DAYS, withDir } from './certsOptions.ts';
import { type Authority, pathsOf, readAuthority, readIndex } from './folder.ts';
import { type AlternativeName, alternativeNames, checkCommonName, type NameOptions, nameOptions } from './names.ts';
import { readSigningRequest } from './request.ts';

interface IssueOptions extends CertsOptions, NameOptions {
  readonly csr?: string;
  readonly days: number;
  readonly reuse?: boolean;
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
  command.option('--reuse', 'print a valid certificate of the same names whose key is here, instead of another one');
  for (const option of nameOptions()) command.addOption(option);
  command.action(run);
  return withExamples(
    command,
    'secure-api certs issue acme --csr acme.csr --uri spiffe://acme.example/robot',
    'secure-api certs issue acme --days 7 --json',
    'secure-api certs issue acme --reuse',
  );
}

async function run(name: string, options: IssueOptions): Promise<void> {
  checkCommonName(name, 'the name');
  const names = alternativeNames(options);
  const authority = readAuthority(options.dir);
  const known = options.reuse === true ? findUsable(authority, name, names) : undefined;
  if (known !== undefined) {
    report(name, known, options);
    return;
  }
  const request = options.csr === undefined ? undefined : await readSigningRequest(options.csr);
  const issued = await issue({ dir: options.dir, name, names, days: options.days, publicKey: request?.publicKey });
  if (request?.hasNames === true || (request !== undefined && ![`CN=${name}`, ''].includes(request.subject))) {
    progress('The request asks for other names. The certificate has only those of this command.');
  }
  report(name, issued, options);
  if (issued.key !== undefined && options.json !== true) {
    progress(
      `Its key is ${issued.key}. Give it to the partner over a channel that nobody else reads, then delete it here.`,
    );
  }
}

function report(name: string, issued: Issued, { json }: IssueOptions): void {
  print(
    json === true
      ? JSON.stringify(issued)
      : `${issued.certificate}: ${name}, serial ${issued.serial}, valid until ${issued.to}`,
  );
}

/** The certificate of these names that is valid longest, with its key; undefined where there is none. */
function findUsable(authority: Authority, name: string, names: readonly AlternativeName[]): Issued | undefined {
  const paths = pathsOf(authority.folder);
  return readIndex(authority)
    .issued.filter(({ revoked, to }) => revoked === undefined && Date.parse(to) > Date.now())
    .filter((one) => one.name === name && isDeepStrictEqual(one.names, names))
    .map((one) => ({ ...one, certificate: paths.issued(one.serial), key: paths.issuedKey(one.serial) }))
    .filter(({ certificate, key }) => existsSync(certificate) && existsSync(key))
    .toSorted((one, other) => Date.parse(other.to) - Date.parse(one.to))[0];
}
