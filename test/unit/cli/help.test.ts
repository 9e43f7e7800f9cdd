import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../../lib/cli/program.ts';

/** Each command that is not a group, with the words that call it. */
function leavesOf(command: Command, path: string): readonly { readonly path: string; readonly command: Command }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((child) => leavesOf(child, `${path} ${child.name()}`));
}

const whole = await program();

describe('every command', () => {
  it.each(leavesOf(whole, 'secure-api'))('$path has --json, and help with examples', ({ path, command }) => {
    let help = '';
    command.configureOutput({ writeOut: (part) => (help += part) });
    command.outputHelp();
    expect(command.options.map(({ long }) => long)).toContain('--json');
    expect(help).toContain('\nExamples:\n');
    expect(help.slice(help.indexOf('Examples:'))).toContain(path);
  });
});

describe('the program for one command', () => {
  it('has that command as the whole program has it, and no other', async () => {
    for (const name of whole.commands.map((command) => command.name())) {
      const { commands } = await program(name);
      expect(commands.map((command) => command.name())).toEqual([name]);
      expect(commands[0]?.helpInformation()).toBe(whole.commands.find((one) => one.name() === name)?.helpInformation());
    }
  });

  it.each(['', '--help', 'fly', 'constructor', '__complete'])('has all commands for "%s"', async (word) => {
    expect((await program(word)).commands).toHaveLength((await program()).commands.length);
  });
});
