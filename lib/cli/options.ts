import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from '../definition/errors.ts';
import type { Fault } from '../definition/fault.ts';
import { makeFolder } from './writeAtomically.ts';

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

/** Parses an option that takes an IPv4 or IPv6 address. */
export function ipAddress(value: string): string {
  const address = value.replace(/^\[(.*)\]$/, '$1');
  if (isIP(address) !== 0) return address;
  throw new InvalidArgumentError('expected an IPv4 or IPv6 address.');
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

/** The error of an option or argument that is needed. */
export function missingOption(fault: Omit<Fault, 'code'>): ConfigError {
  return new ConfigError({ code: 'option-missing', ...fault });
}

/** The error of a file or directory that cannot be used, or holds something else. */
export function unreadable(fault: Omit<Fault, 'code'>): ConfigError {
  return new ConfigError({ code: 'file-unreadable', ...fault });
}

/**
 * Makes a data directory unless it exists.
 *
 * @throws {ConfigError} `file-unreadable` when it is a file, or belongs to somebody else.
 */
export function usableData(data: string): string {
  const path = resolve(data);
  try {
    makeFolder(path, 0o700);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return path;
  } catch {
    throw unreadable({
      location: '--data',
      found: `${data}, which is no directory that can be written`,
      expected: 'a directory of your own, which is made if missing',
      fix: 'Name another directory, or leave the option out.',
    });
  }
}

/** `--claim tenant=acme`, repeated: claims of the definition. The local issuer checks names and values. */
export function claimOption(): Option {
  return new Option('--claim <name=value...>', 'claim of the definition with its value; repeat it for several')
    .argParser((value: string, before: Readonly<Record<string, string>>) => {
      const [, name, text] = /^([^=]+)=(.*)$/.exec(value) ?? [];
      if (name === undefined || text === undefined) {
        throw new InvalidArgumentError('expected a name and a value, such as tenant=acme.');
      }
      if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`the claim ${name} is given twice.`);
      return { ...before, [name]: text };
    })
    .default({}, 'none');
}
