import { Command } from 'commander';
import { checkCommand } from './check.ts';
import { statusCommand } from './status.ts';

/** `secure-api domain`: the names of an API, and what serves them. */
export function domainCommand(): Command {
  return new Command('domain')
    .description('examine the domain of an API')
    .addCommand(statusCommand())
    .addCommand(checkCommand());
}
