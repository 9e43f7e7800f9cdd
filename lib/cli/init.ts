import { Command } from 'commander';
import { runInit } from '../../create/command.ts';
import { INIT_EXAMPLES, INIT_FLAGS, INIT_OPTIONS } from '../../create/options.ts';
import type { ProjectInput } from '../../create/project.ts';
import { withExamples } from './options.ts';
import { print } from './output.ts';

type InitOptions = ProjectInput & { readonly yes?: boolean; readonly json?: boolean };

/** `secure-api init`: writes a project. `npm create secure-api` does the same before anything is installed. */
export function initCommand(): Command {
  const command = new Command('init')
    .description('write a small, complete project of an API, or add one to a CDK project')
    .argument('[dir]', 'its folder: empty, missing, or a CDK project (default: the current one)');
  for (const { name, value, description } of INIT_OPTIONS) command.option(`--${name} <${value}>`, description);
  for (const { name, description } of INIT_FLAGS) command.option(`--${name}`, description);
  command.action(async (dir: string | undefined, { yes, json, ...input }: InitOptions) => {
    print(await runInit({ dir, input, yes, json }));
  });
  return withExamples(command, ...INIT_EXAMPLES.map((line) => `secure-api init ${line}`));
}
