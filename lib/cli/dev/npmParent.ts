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
  const parent = process.ppid;
  const first = listedProcess(parent);
  if (first === undefined || !(isShellOf(script, first) || isNpm(first))) return () => undefined;
  const lives = () => {
    if (process.ppid !== parent) return false;
    // Without a free descriptor, nothing can be read.
    const now = isNpm(first) ? first : (listedProcess(parent) ?? first);
    return now.parent === first.parent;
  };
  const timer = setInterval(() => {
    if (lives()) return;
    clearInterval(timer);
    ended();
  }, INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

function isShellOf(script: string, { args }: ListedProcess): boolean {
  // The arguments of `npm start -- …` follow the script.
  return args[1] === '-c' && args[2]?.startsWith(script) === true;
}

/** Some shells, such as bash, run their only command in their own process, so npm is the parent. It writes its command over its arguments. */
function isNpm({ args }: ListedProcess): boolean {
  return /^npm( |$)/.test(args[0] ?? '') || args.includes(process.env['npm_execpath'] ?? '');
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
