import { readFileSync } from 'node:fs';

/** Milliseconds between two looks at the parent. */
const INTERVAL_MS = 500;
/** Scripts that end before the command, on purpose. */
const LEAVES_BEHIND = /(?<![&>])&(?![&>])|\b(?:nohup|setsid|disown)\b/;

/** A process, as the system lists it. */
interface ListedProcess {
  readonly parent: number;
  readonly args: readonly string[];
}

/**
 * Calls a function when the npm that runs this process as a script has ended. npm passes a signal on to the shell of the script, which ends without
 * its command, and npm that is killed passes on nothing: the gateway would keep its port and its data directory. Only on Linux, which shows the
 * parent of a parent; other package managers that run scripts with `sh -c` count as npm.
 *
 * A process is left alone where a script puts it in the background, and where a program in between has started it.
 *
 * @returns a function that stops watching
 */
export function whenNpmEnds(ended: () => void): () => void {
  const script = process.env['npm_lifecycle_script'];
  if (script === undefined || LEAVES_BEHIND.test(script)) return () => undefined;
  const shell = process.ppid;
  const first = listedProcess(shell);
  // The arguments of `npm start -- …` follow the script.
  const isShell = first?.args[1] === '-c' && first.args[2]?.startsWith(script) === true;
  if (!isShell) return () => undefined;
  const timer = setInterval(() => {
    if (process.ppid === shell && listedProcess(shell)?.parent === first.parent) return;
    clearInterval(timer);
    ended();
  }, INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

/**
 * Looks a process up; undefined where there is none, or where the system lists none.
 *
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function listedProcess(id: number): ListedProcess | undefined {
  try {
    // The name of the program, in parentheses, can have any character.
    const [, parent] = /^\d+ \(.*\) \S (\d+) /s.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
    const args = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
    return parent === undefined ? undefined : { parent: Number(parent), args };
  } catch {
    return undefined;
  }
}
