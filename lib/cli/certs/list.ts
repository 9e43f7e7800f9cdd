import { X509Certificate } from 'node:crypto';
import { Command } from 'commander';
import { withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { type CertsOptions, withDir } from './certsOptions.ts';
import { type Authority, type CertificateIndex, type IssuedCertificate, readAuthority, readIndex } from './folder.ts';
import { readFolderList, unknownTo } from './folderList.ts';

type Status = 'valid' | 'revoked' | 'expired';
type Listed = IssuedCertificate & { readonly status: Status };

/** What is known of crl.pem. */
interface ListState {
  readonly nextUpdate: string;
  readonly isLapsed: boolean;
  /** Serial numbers of the index that are revoked, and not on the list. */
  readonly missing: readonly string[];
}

/** `secure-api certs list`: what the CA has issued. */
export function listCommand(): Command {
  const command = withDir(
    new Command('list').description('list the certificates of the CA: valid, revoked, expired'),
    '{ authority, crl, certificates }',
  ).action(run);
  return withExamples(command, 'secure-api certs list', 'secure-api certs list --dir partner-ca --json');
}

async function run({ dir, json }: CertsOptions): Promise<void> {
  const authority = readAuthority(dir);
  const { subject, validToDate: to } = new X509Certificate(authority.certificate);
  const index = readIndex(authority);
  const certificates = index.issued.map((one): Listed => ({ ...one, status: statusOf(one) }));
  const { crl, warnings } = listStateOf(authority, index, certificates);
  for (const warning of warnings) progress(`warning: ${warning} Run: secure-api certs crl --dir ${dir} --publish`);
  if (json) return print(JSON.stringify({ authority: { subject, to }, crl: crl ?? null, certificates }));
  print(`${subject}, valid until ${to.toISOString()}`);
  print(certificates.length === 0 ? 'No certificate is issued.' : table(certificates));
}

function statusOf({ to, revoked }: IssuedCertificate): Status {
  if (revoked !== undefined) return 'revoked';
  return Date.parse(to) <= Date.now() ? 'expired' : 'valid';
}

function listStateOf(
  authority: Authority,
  index: CertificateIndex,
  certificates: readonly Listed[],
): { readonly crl?: ListState; readonly warnings: readonly string[] } {
  const found = readFolderList(authority);
  if (found.list === undefined) return { warnings: [`crl.pem ${found.problem}.`] };
  const { revoked, number, nextUpdate: end } = found.list;
  const now = Date.now();
  const missing = certificates
    .filter(({ serial, status, to }) => status === 'revoked' && Date.parse(to) > now && !revoked.has(serial))
    .map(({ serial }) => serial);
  const unknown = unknownTo(index, found.list);
  const nextUpdate = new Date(end).toISOString();
  const isLapsed = end <= now;
  return {
    crl: { nextUpdate, isLapsed, missing },
    warnings: [
      ...(missing.length === 0 ? [] : [`crl.pem is without ${missing.join(', ')}.`]),
      ...(unknown.length === 0 ? [] : [`crl.pem revokes ${unknown.join(', ')}, and index.json does not.`]),
      ...(number === BigInt(index.crlNumber)
        ? []
        : [`crl.pem has number ${number}, and index.json ${index.crlNumber}.`]),
      ...(isLapsed ? [`crl.pem has lapsed on ${nextUpdate}.`] : []),
    ],
  };
}

function table(certificates: readonly Listed[]): string {
  const rows = certificates.map(({ serial, name, status, to, names, revoked }) => [
    serial,
    status,
    to,
    name,
    [
      ...names.map(({ kind, value }) => `${kind}:${value}`),
      ...(revoked === undefined ? [] : [`${revoked.reason} ${revoked.at}`]),
    ].join(' '),
  ]);
  const all = [['serial', 'status', 'until', 'name', 'names'], ...rows];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
