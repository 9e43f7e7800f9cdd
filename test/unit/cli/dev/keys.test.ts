import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { CTRL_C, onKeys } from '../../../../lib/cli/dev/keys.ts';

function terminal() {
  const modes: boolean[] = [];
  const stream = Object.assign(new PassThrough(), { setRawMode: (mode: boolean) => modes.push(mode) });
  return { stdin: stream as unknown as NodeJS.ReadStream, modes };
}

it('calls what a key stands for, also with shift, and ignores other keys', async () => {
  const { stdin } = terminal();
  const pressed: string[] = [];
  onKeys({ r: () => pressed.push('r'), q: () => pressed.push('q') }, stdin);
  stdin.push('rxRq');
  await new Promise(setImmediate);
  expect(pressed).toEqual(['r', 'r', 'q']);
});

it('knows Ctrl-C, which is no signal while keys are read', async () => {
  const { stdin } = terminal();
  const pressed: string[] = [];
  onKeys({ [CTRL_C]: () => pressed.push('stop') }, stdin);
  stdin.push('\u0003');
  await new Promise(setImmediate);
  expect(pressed).toEqual(['stop']);
});

it('gives the terminal back', () => {
  const { stdin, modes } = terminal();
  onKeys({}, stdin)();
  expect(modes).toEqual([true, false]);
  expect([stdin.listenerCount('data'), stdin.isPaused()]).toEqual([0, true]);
});
