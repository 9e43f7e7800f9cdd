import { Command } from 'commander';
import { initProject } from '../../create/initProject.ts';
import { INIT_EXAMPLES, INIT_FLAGS, INIT_OPTIONS } from '../../create/options.ts';
import type { ProjectInput } from '../../create/project.ts';
import { reportOf } from '../../create/report.ts';
import { withExamples } from './options.ts';
import { print } from './output.ts';

type InitOptions = ProjectInput & { readonly yes?: boolean; readonly json?: boolean };

/** `secure-api init`: writes a project. `npm create secure-api` does the same before anything is installed. */
export function initCommand(): Command {
  const command = new Command('init')
    .description('write a small, complete project of an API')
    .argument('[dir]', 'its folder, which must be empty or not exist', '.');
  for (const { name, value, description } of INIT_OPTIONS) command.option(`--${name} <${value}>`, description);
  for (const { name, description } of INIT_FLAGS) command.option(`--${name}`, description);
  command.action((dir: string, { yes: _yes, json, ...input }: InitOptions) => {
    const result = initProject(dir, input);
    print(json === true ? JSON.stringify(result, null, 2) : reportOf(result));
  });
  return withExamples(command, ...INIT_EXAMPLES.map((line) => `secure-api init ${line}`));
}
