/** Ctrl-C, which a terminal does not turn into a signal while keys are read one by one. */
export const CTRL_C = '\u0003';

/**
 * Calls a function for each key that is pressed.
 *
 * @returns a function that gives the terminal back
 */
export function onKeys(
  keys: Readonly<Record<string, () => void>>,
  stdin: Pick<NodeJS.ReadStream, 'on' | 'off' | 'resume' | 'pause' | 'setRawMode'> = process.stdin,
): () => void {
  const pressed = (data: Buffer) => {
    for (const key of data.toString()) keys[key.toLowerCase()]?.();
  };
  stdin.setRawMode(true);
  stdin.on('data', pressed);
  stdin.resume();
  return () => {
    stdin.off('data', pressed);
    stdin.pause();
    stdin.setRawMode(false);
  };
}
