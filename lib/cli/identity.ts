import { readFileSync, statSync } from 'node:fs';
import { Command } from 'commander';
import { type DiscoveredIssuer, discoveredFault } from '../definition/discoveredIssuer.ts';
import { discoverIssuer } from './discovery/discover.ts';
import { unreadable, withExamples } from './options.ts';
import { print } from './output.ts';
import { writeAtomically } from './writeAtomically.ts';

interface DiscoverOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** The file is committed, and nothing in it is secret. */
const FILE_MODE = 0o644;

const NOTES = `
Reads ISSUER/.well-known/openid-configuration, or the document of RFC 8414, and the keys that it names. The issuer in the document
must be ISSUER. Certificates of your own authority are trusted with NODE_EXTRA_CA_CERTS.`;

/** `secure-api identity`: what identity providers publish about themselves. */
export function identityCommand(): Command {
  return new Command('identity')
    .description('read what an identity provider publishes about itself')
    .addCommand(discoverCommand());
}

function discoverCommand(): Command {
  const command = new Command('discover')
    .description('read and check the discovery document and the keys of an issuer')
    .argument('<issuer>', 'the iss claim of its tokens, an https URL')
    .option('--out <file>', 'write a file for `discovered` of an identity; commit it')
    .option('--json', 'print { issuer, jwksUri, algorithms, readAt } as JSON')
    .action(async (issuer: string, { out, json }: DiscoverOptions) => {
      if (out !== undefined) requireReplaceable(out);
      const found = await discoverIssuer(issuer, new Date());
      if (out !== undefined) writeAtomically(out, `${JSON.stringify(found, null, 2)}\n`, FILE_MODE);
      print(json === true ? JSON.stringify(found, null, 2) : linesOf(found, out));
    });
  return withExamples(
    command,
    'secure-api identity discover https://login.example.com --out identity.json',
    'secure-api identity discover https://accounts.google.com --json',
  ).addHelpText('after', NOTES);
}

/** A typing mistake must not replace another file, such as package.json. Directories and pipes are no files. */
function requireReplaceable(file: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (file !== '' && (found === undefined || (found.isFile() && isDiscovered(file)))) return;
  throw unreadable({
    location: '--out',
    found:
      file === '' ? 'an empty name' : `${file}, which ${found?.isFile() === true ? 'has other content' : 'is no file'}`,
    expected: 'a new file, or one that this command has written',
    fix: 'Name another file.',
  });
}

function isDiscovered(file: string): boolean {
  try {
    return discoveredFault(JSON.parse(readFileSync(file, 'utf8')), Date.now()) === undefined;
  } catch {
    return false;
  }
}

function linesOf({ issuer, jwksUri, algorithms }: DiscoveredIssuer, out: string | undefined): string {
  const next =
    out === undefined
      ? 'Add --out identity.json to write the file that an identity takes.'
      : `Wrote ${out}. Commit it, and write Identity.oidc({ discovered: '${out}', audience: '…' }).`;
  return [`Issuer      ${issuer}`, `Keys        ${jwksUri}`, `Algorithms  ${algorithms.join(', ')}`, '', next].join(
    '\n',
  );
}
