import type { Command } from 'commander';
import { program } from '../../lib/cli/program.ts';

/** The lines of the shell blocks of a page; one that a backslash continues is one line. */
export function shellLines(text: string): readonly string[] {
  return [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) =>
    block.replaceAll('\\\n', ' ').split('\n'),
  );
}

/** The words of every `secure-api …` in the shell blocks of a page, also inside `$(…)`. */
export function commandsOf(text: string): readonly (readonly string[])[] {
  return shellLines(text).flatMap((line) =>
    [...line.matchAll(/(?:^|[\s(])secure-api(?= )([^|<>;()#]*)/g)]
      .map(([, rest = '']) => wordsOf(rest))
      .filter(([first = '']) => /^[a-z]/.test(first)),
  );
}

/** The words of a shell command: quotes join what they hold. */
export function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ''));
}

/** What is wrong with a command line. Nothing is run. */
export async function faultsOf(words: readonly string[]): Promise<readonly string[]> {
  let command: Command = await program(words[0]);
  let rest = words;
  for (let [name = ''] = rest; ; [name = ''] = rest) {
    const child = command.commands.find((one) => one.name() === name);
    if (child === undefined) break;
    [command, rest] = [child, rest.slice(1)];
  }
  if (command.commands.length > 0) return [`no command ${rest[0]}`];
  try {
    const { operands, unknown } = command
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseOptions([...rest]);
    const names = command.registeredArguments;
    const least = names.filter(({ required }) => required).length;
    const most = names.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : names.length;
    const isMissing = command.options.filter(
      (option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined,
    );
    return [
      ...unknown.map((word) => `unknown ${word}`),
      ...isMissing.map(({ long }) => `missing ${long}`),
      ...(operands.length < least || operands.length > most ? [`${operands.length} arguments`] : []),
    ];
  } catch (error) {
    return [(error as Error).message];
  }
}
