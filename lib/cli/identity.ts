import { Command } from 'commander';
import { type DiscoveredIssuer, discoveredFault } from '../definition/discoveredIssuer.ts';
import { discoverIssuer } from './discovery/discover.ts';
import { withExamples } from './options.ts';
import { print } from './output.ts';
import { type OutputRules, requireReplaceable, writeOutputs } from './outputFiles.ts';

interface DiscoverOptions {
  readonly out?: string;
  readonly json?: boolean;
}

/** The file is committed, and nothing in it is secret. */
const FILE: OutputRules = {
  option: '--out',
  isOwn: (content) => discoveredFault(JSON.parse(content), Date.now()) === undefined,
};

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
      if (out !== undefined) requireReplaceable(out, FILE);
      const found = await discoverIssuer(issuer, new Date());
      if (out !== undefined) writeOutputs({ [out]: `${JSON.stringify(found, null, 2)}\n` }, FILE);
      print(json === true ? JSON.stringify(found, null, 2) : linesOf(found, out));
    });
  return withExamples(
    command,
    'secure-api identity discover https://login.example.com --out identity.json',
    'secure-api identity discover https://accounts.google.com --json',
  ).addHelpText('after', NOTES);
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
