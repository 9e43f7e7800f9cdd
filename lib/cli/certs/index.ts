import { Command } from 'commander';
import { caCommand } from './ca.ts';
import { crlCommand } from './crl.ts';
import { issueCommand } from './issue.ts';
import { listCommand } from './list.ts';
import { revokeCommand } from './revoke.ts';

/** `secure-api certs …`: a small CA for the clients of partners. */
export function certsCommand(): Command {
  return new Command('certs')
    .description('run a small CA that issues client certificates to partners, for mutual TLS')
    .addCommand(caCommand())
    .addCommand(issueCommand())
    .addCommand(revokeCommand())
    .addCommand(crlCommand())
    .addCommand(listCommand());
}
