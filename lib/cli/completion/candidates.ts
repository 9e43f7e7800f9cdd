import type { Argument, Command, Option } from 'commander';

/** What can stand where the cursor is, with its description. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** Kinds of values that only the project knows. */
export type ProjectKind = 'role' | 'tier' | 'scope' | 'route' | 'permission' | 'stack';

/** Returns the values of a kind; none where they are not known. */
export type ProjectValues = (kind: ProjectKind) => Promise<readonly string[]>;

/** The candidates for a word, or the request for names of files, which the shell completes best. */
export type Completion = readonly Candidate[] | 'files';

/** Where the cursor is: the command, the option whose value it is, and what has been given. */
interface Cursor {
  readonly command: Command;
  /** Set when the next word can only be its value. */
  readonly option?: Option;
  /** Set when the next word can be one more of its values. */
  readonly variadic?: Option;
  readonly given: ReadonlySet<string>;
  readonly operands: number;
  /** After `--`, nothing is an option. */
  readonly isEnded: boolean;
}

const KINDS: readonly ProjectKind[] = ['role', 'tier', 'scope', 'route', 'permission', 'stack'];

/**
 * Completes a command line of the program, from its commands, options, choices and the values of the project.
 *
 * @param words what comes after the name of the program; the last, which can be empty, is to be completed.
 */
export async function complete(program: Command, words: readonly string[], values: ProjectValues): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const cursor = words.slice(0, -1).reduce(advanced, startOf(program));
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(current) ?? [];
  if (flag !== undefined && value !== undefined && !cursor.isEnded) {
    const found = await valuesFor(optionOf(cursor.command, flag), values);
    return found === 'files'
      ? found
      : starting(
          current,
          found.map((one) => ({ ...one, value: `${flag}=${one.value}` })),
        );
  }
  if (cursor.option !== undefined) return filtered(current, await valuesFor(cursor.option, values));
  if (current.startsWith('-') && !cursor.isEnded) return starting(current, optionsOf(cursor));
  if (cursor.variadic !== undefined) return filtered(current, await valuesFor(cursor.variadic, values));
  const commands = cursor.operands === 0 ? commandsOf(cursor.command) : [];
  const operand = commands.length > 0 ? [] : await valuesFor(operandOf(cursor), values);
  if (operand === 'files') return operand;
  const found = [...commands, ...operand];
  return starting(current, found.length > 0 || cursor.isEnded ? found : optionsOf(cursor));
}

function startOf(command: Command): Cursor {
  return { command, given: new Set(), operands: 0, isEnded: false };
}

/** Reads one word before the cursor. */
function advanced(cursor: Cursor, word: string): Cursor {
  const { command, given, isEnded, operands } = cursor;
  if (cursor.option !== undefined) {
    return { command, given, operands, isEnded, ...(cursor.option.variadic ? { variadic: cursor.option } : {}) };
  }
  if (word === '--') return { command, given, operands, isEnded: true };
  if (word.startsWith('-') && !isEnded) {
    const option = optionOf(command, word.replace(/=.*/, ''));
    const all = new Set([...given, option?.attributeName() ?? word]);
    const needsValue = option?.required === true && !word.includes('=');
    return { command, given: all, operands, isEnded, ...(needsValue ? { option } : {}) };
  }
  const child = command.commands.find((one) => one.name() === word);
  if (child !== undefined) return { ...startOf(child), isEnded };
  // One more value of an option such as --role, or an operand: the next word can be either.
  return {
    command,
    given,
    isEnded,
    operands: operands + (cursor.variadic === undefined ? 1 : 0),
    variadic: cursor.variadic,
  };
}

function optionOf(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => flag === long || flag === short);
}

/** The options that can still be given: a flag once, an option with a value as often as one likes. */
function optionsOf({ command, given }: Cursor): readonly Candidate[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => option.required || !given.has(option.attributeName()))
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', description }));
}

function commandsOf(command: Command): readonly Candidate[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.map((child) => ({ value: child.name(), description: child.description() }));
}

function operandOf({ command, operands }: Cursor): Argument | undefined {
  const { registeredArguments } = command;
  return registeredArguments[operands] ?? registeredArguments.filter(({ variadic }) => variadic).at(-1);
}

/** The values of an option or argument: its choices, those of the project, those of its placeholder, or files. */
async function valuesFor(of: Option | Argument | undefined, values: ProjectValues): Promise<Completion> {
  if (of === undefined) return [];
  if (of.argChoices !== undefined) return of.argChoices.map((value) => ({ value, description: '' }));
  const isOption = 'flags' in of;
  const placeholder = isOption ? (/[<[]([^>\]]*)/.exec(of.flags)?.[1] ?? '') : of.name();
  const parts = placeholder.replace(/\.\.\.$/, '').split('|');
  const kinds = KINDS.filter((kind) => parts.includes(kind) || (isOption && of.long === `--${kind}`));
  if (kinds.length > 0) {
    const found = await Promise.all(
      kinds.map(async (kind) => (await values(kind)).map((value) => ({ value, description: kind }))),
    );
    return found.flat();
  }
  if (parts.some((part) => /^(?:file|dir)/.test(part))) return 'files';
  return parts.length > 1 && isOption ? parts.map((value) => ({ value, description: '' })) : [];
}

function filtered(current: string, completion: Completion): Completion {
  return completion === 'files' ? completion : starting(current, completion);
}

function starting(current: string, candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(current));
}
