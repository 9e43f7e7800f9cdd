import { askFolder, askProject, canAsk } from './askProject.ts';
import { canHold } from './folder.ts';
import { type InitResult, initProject } from './initProject.ts';
import type { ProjectInput } from './project.ts';
import { reportOf } from './report.ts';

/** The options of the command, and its argument. */
export interface CommandInput {
  readonly dir?: string;
  readonly input: ProjectInput;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * Runs `secure-api init` or `npm create secure-api`. Without a terminal, the defaults are taken as with `--yes`.
 *
 * @returns what to print.
 */
export async function runInit({ dir, input, yes, json }: CommandInput): Promise<string> {
  const asks = yes !== true && json !== true && canAsk();
  const folder = dir ?? (asks ? await askFolder(canHold('.') ? '.' : 'my-api') : '.');
  const result = await initProject(folder, input, asks ? askProject : undefined);
  return json === true ? JSON.stringify(result satisfies InitResult, null, 2) : reportOf(result);
}
