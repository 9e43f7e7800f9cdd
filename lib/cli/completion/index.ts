import { Argument, Command } from 'commander';
import { withExamples } from '../options.ts';
import { print } from '../output.ts';
import { complete } from './candidates.ts';
import { projectValues } from './projectValues.ts';
import { COMPLETE, FILES, SCRIPTS, SHELLS, type Shell } from './scripts.ts';

/** `secure-api completion`: prints the script of a shell. */
export function completionCommand(): Command {
  const command = new Command('completion')
    .description('print the script by which a shell completes commands, options and values')
    .addArgument(new Argument('<shell>', 'shell that reads the script').choices(SHELLS))
    .option('--json', 'print { shell, script } as JSON')
    .action((shell: Shell, { json }: { json?: boolean }) =>
      print(json === true ? JSON.stringify({ shell, script: SCRIPTS[shell] }) : SCRIPTS[shell]),
    );
  return withExamples(
    command,
    'secure-api completion bash > ~/.secure-api.bash   # then in ~/.bashrc: source ~/.secure-api.bash',
    'secure-api completion zsh > ~/.secure-api.zsh   # then in ~/.zshrc, after compinit: source ~/.secure-api.zsh',
    'secure-api completion fish > ~/.config/fish/completions/secure-api.fish',
  );
}

/**
 * The lines that a script of {@link SCRIPTS} reads: a candidate and its description, or the request for files. Undefined for the command
 * line of a person.
 *
 * @param argv `__complete -- WORD…`, or `__complete --line LINE` with the name of the program, where the shell does not split it.
 */
export async function completionLines(program: Command, argv: readonly string[]): Promise<string | undefined> {
  const [first, form, ...rest] = argv.slice(2);
  if (first !== COMPLETE) return undefined;
  const words = form === '--line' ? wordsOf(rest[0] ?? '').slice(1) : rest;
  const found = await complete(program, words, projectValues(words));
  if (found === 'files') return `${FILES}\n`;
  return found.map(({ value, description }) => `${value}\t${firstLine(description)}\n`).join('');
}

/** The words of a line as a shell splits them; the last is empty after a space. */
function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/(?:"[^"]*"?|'[^']*'?|\\.|[^\s"'\\])+/g)].map(([word]) =>
    word.replaceAll(/\\(.)|["']/g, '$1'),
  );
  return /\s$/.test(line) ? [...words, ''] : words;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
