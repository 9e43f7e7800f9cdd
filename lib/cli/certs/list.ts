import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { readRevocationList } from './build.ts';
import { type CertsOptions, withDir } from './certsOptions.ts';
import { type IssuedCertificate, pathsOf, readAuthority, readIndex } from './folder.ts';

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
  const certificates = readIndex(authority).issued.map((one): Listed => ({ ...one, status: statusOf(one) }));
  const crl = listStateOf(pathsOf(authority.folder).crl, certificates);
  for (const warning of warningsOf(crl))
    progress(`warning: ${warning} Run: secure-api certs crl --dir ${dir} --publish`);
  if (json) return print(JSON.stringify({ authority: { subject, to }, crl: crl ?? null, certificates }));
  print(`${subject}, valid until ${to.toISOString()}`);
  print(certificates.length === 0 ? 'No certificate is issued.' : table(certificates));
}

function statusOf({ to, revoked }: IssuedCertificate): Status {
  if (revoked !== undefined) return 'revoked';
  return Date.parse(to) <= Date.now() ? 'expired' : 'valid';
}

function listStateOf(file: string, certificates: readonly Listed[]): ListState | undefined {
  let list: ReturnType<typeof readRevocationList>;
  try {
    list = readRevocationList(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  const now = Date.now();
  const missing = certificates
    .filter(({ serial, status, to }) => status === 'revoked' && Date.parse(to) > now && !list.serials.includes(serial))
    .map(({ serial }) => serial);
  const { nextUpdate } = list;
  return { nextUpdate: nextUpdate?.toISOString() ?? '', isLapsed: (nextUpdate?.getTime() ?? 0) <= now, missing };
}

function warningsOf(crl: ListState | undefined): readonly string[] {
  if (crl === undefined) return ['crl.pem is missing or damaged.'];
  return [
    ...(crl.missing.length === 0 ? [] : [`crl.pem is without ${crl.missing.join(', ')}.`]),
    ...(crl.isLapsed ? [`crl.pem has lapsed on ${crl.nextUpdate}.`] : []),
  ];
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
