import { openDialog } from './askProject.ts';
import { canHold } from './folder.ts';
import { initProject } from './initProject.ts';
import { isInteractive } from './interactive.ts';
import type { ProjectInput } from './project.ts';
import { jsonOf, reportOf } from './report.ts';

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
  const dialog = yes !== true && json !== true && isInteractive() ? openDialog() : undefined;
  try {
    const folder = dir ?? (await dialog?.askFolder(canHold('.') ? '.' : 'my-api')) ?? '.';
    const result = await initProject(folder, input, dialog?.askProject);
    return json === true ? jsonOf(result) : reportOf(result);
  } finally {
    dialog?.close();
  }
}
