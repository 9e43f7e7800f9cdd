import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { escapeInvisible } from '../lib/definition/checks/check.ts';
import { ConfigError, isReported } from '../lib/definition/errors.ts';
import { endWithReaders } from './closedOutput.ts';
import { type CommandInput, runInit } from './command.ts';
import { INIT_EXAMPLES, INIT_FLAGS, INIT_OPTIONS } from './options.ts';
import type { ProjectInput } from './project.ts';

const EXIT = { success: 0, failure: 1, usage: 2 } as const;

/** Of an option that nobody knows, in characters. */
const LONGEST = 200;

interface CommandLine extends CommandInput {
  readonly help: boolean;
}

/** `npm create secure-api`: the same as `secure-api init`, without anything to install. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  endWithReaders(process.exit, (error) => {
    process.stderr.write(`${errorText(error, args.includes('--json'))}\n`);
    process.exit(EXIT.failure);
  });
  try {
    const { help, ...command } = commandLine(args);
    if (help) {
      process.stdout.write(helpText());
      return EXIT.success;
    }
    process.stdout.write(`${await runInit(command)}\n`);
    return EXIT.success;
  } catch (error) {
    process.stderr.write(`${errorText(error, args.includes('--json'))}\n`);
    return isReported(error) ? EXIT.usage : EXIT.failure;
  }
}

function commandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parsed(args);
  const { yes = false, json = false, help = false, ...given } = values;
  const input = Object.entries(given).map(([name, value]) => [name === 'zone-name' ? 'zoneName' : name, value]);
  return {
    dir: positionals[0],
    input: Object.fromEntries(input) as ProjectInput,
    yes: yes === true,
    json: json === true,
    help: help === true,
  };
}

function parsed(args: readonly string[]) {
  const options: ParseArgsOptionsConfig = { help: { type: 'boolean', short: 'h' } };
  for (const { name } of INIT_OPTIONS) options[name] = { type: 'string' };
  for (const { name } of INIT_FLAGS) options[name] = { type: 'boolean' };
  try {
    const result = parseArgs({ args: [...args], options, allowPositionals: true });
    if (result.positionals.length <= 1) return result;
    throw new Error(`two folders, ${result.positionals.join(' and ')}`);
  } catch (error) {
    throw new ConfigError({
      code: 'option-invalid',
      location: 'the command line',
      found: escapeInvisible((error as Error).message.split('. ')[0]?.slice(0, LONGEST) ?? ''),
      expected: 'one folder, and the options of the command',
      fix: 'See npm create secure-api -- --help.',
    });
  }
}

function helpText(): string {
  const options = [
    ...INIT_OPTIONS.map(({ name, value, description }) => [`--${name} <${value}>`, description] as const),
    ...INIT_FLAGS.map(({ name, description }) => [`--${name}`, description] as const),
    ['-h, --help', 'print this help'] as const,
  ];
  return [
    'Usage: npm create secure-api@latest [dir] [-- options]',
    '',
    'Write a small, complete project of an API on AWS.',
    '',
    'Options:',
    ...options.map(([usage, description]) => `  ${usage.padEnd(24)}${description}`),
    '',
    'Examples:',
    ...INIT_EXAMPLES.map((line) => `  $ npm create secure-api@latest ${line.replace(' --', ' -- --')}`),
    '',
    'Exit codes:',
    '  0  success',
    '  1  failure: stderr says why',
    '  2  wrong options, or a folder that cannot be used: stderr says how to fix it',
    '  130  interrupted by Ctrl-C: nothing was written',
    '  141  the reader of the output has gone',
    '',
  ].join('\n');
}

function errorText(error: unknown, json: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  // `styleText` of Node 20 does not respect NO_COLOR.
  const isColored = process.stderr.isTTY === true && process.stderr.hasColors();
  if (!json) return `${isColored ? '\u001b[31merror\u001b[39m' : 'error'} ${message}`;
  const [first] = isReported(error) ? error.faults : [];
  return JSON.stringify({ error: { ...(first ?? { code: 'failed' }), message } });
}
