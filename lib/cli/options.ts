import { type Command, InvalidArgumentError } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import type { Fault } from '../definition/fault.ts';

/** The data directory of the local gateway unless `--data` names another. */
export const DEFAULT_DATA = '.secure-api';

/** Returns a parser for an option that takes a whole number within bounds; Commander names the option in its message. */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}.`);
  };
}

/** Adds the options that name a running local gateway. */
export function withGateway(command: Command): Command {
  return withData(command.option('--ready-file <file>', 'ready file of the local gateway'));
}

/** Adds the option that names the data directory of the local gateway. */
export function withData(command: Command): Command {
  return command.option('--data <dir>', 'data directory of the local gateway', DEFAULT_DATA);
}

/** Adds examples to the help of a command; each is a whole command line. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
}

/** The error of an option or argument with a wrong value. */
export function invalidOption(fault: Omit<Fault, 'code'>): ConfigError {
  return new ConfigError({ code: 'option-invalid', ...fault });
}
