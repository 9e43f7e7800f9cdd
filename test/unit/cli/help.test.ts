import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../../lib/cli/main.ts';

/** Each command that is not a group, with the words that call it. */
function leavesOf(command: Command, path: string): readonly { readonly path: string; readonly command: Command }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((child) => leavesOf(child, `${path} ${child.name()}`));
}

describe('every command', () => {
  it.each(leavesOf(program(), 'secure-api'))('$path has --json, and help with examples', ({ path, command }) => {
    let help = '';
    command.configureOutput({ writeOut: (part) => (help += part) });
    command.outputHelp();
    expect(command.options.map(({ long }) => long)).toContain('--json');
    expect(help).toContain('\nExamples:\n');
    expect(help.slice(help.indexOf('Examples:'))).toContain(path);
  });
});
