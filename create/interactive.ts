/** Whether a person sees what is written and can press keys: not in a pipe, in CI, or with stdin from a file. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}
