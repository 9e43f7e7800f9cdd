/** Where a command of secure-api finds the API of a message. */
export interface CommandTarget {
  /** Name of the API in AWS, which names of alarms begin with. */
  readonly name: string;
  /** Options that name the API, such as `--stack Documents --region eu-central-1`; on a developer's machine often none. */
  readonly options: string;
}

/** What commands show. */
interface Shown {
  readonly alarm: string;
  /** Whether it is over. */
  readonly isResolved: boolean;
  /** The command of the alarm's description, such as `logs --status 401`. */
  readonly look?: string | undefined;
  /** Milliseconds: how long the alarm looked at. */
  readonly rangeMs: number;
}

const PROGRAM = 'npx secure-api';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Read from the description of an alarm: words and options of a command, and nothing that a shell acts on. */
const LOOK = /^(?:logs|metrics)(?: (?:--)?[a-z\d][a-z\d-]*)*$/;

/** The rest of the name of an alarm. CloudWatch allows any characters in names of alarms that users add. */
const ALARM = /^[a-z\d][a-z\d-]*$/;
/** Options with names of stacks, APIs and regions, or a path, which is in quotes where it has other characters. */
const OPTIONS = /^(?:--[a-z]+ (?:\w[\w./-]*|[./][\w./-]*|'(?:[^'\p{Cc}]|'\\'')*')(?: (?=--)|$))*$/u;

/** Whether the description of an alarm names a command that a message repeats. */
export function isLook(command: string): boolean {
  return LOOK.test(command);
}

/** Commands that show what an alarm is about. Each can be pasted as it is. */
export function commandsOf({ name, options }: CommandTarget, shown: Shown): readonly string[] {
  const { alarm, isResolved, look, rangeMs } = shown;
  const run = (command: string) => [PROGRAM, command, options].filter((part) => part !== '').join(' ');
  if (!OPTIONS.test(options)) return [];
  if (isResolved) return [run('alarms --state alarm')];
  const id = alarm.startsWith(`${name}-`) ? alarm.slice(name.length + 1) : '';
  const own = ALARM.test(id) ? [run(`alarms ${id}`)] : [];
  const looks = look === undefined || !isLook(look) ? [] : [run(`${look} --since ${sinceOf(rangeMs)}`)];
  return [...own, ...looks, run('dashboard --html')];
}

/** Before the message is read, time passes: three times what the alarm looked at, and a day for what takes hours. */
function sinceOf(rangeMs: number): string {
  if (rangeMs > 3 * HOUR_MS) return '1d';
  return rangeMs >= HOUR_MS ? `${Math.ceil((3 * rangeMs) / HOUR_MS)}h` : `${Math.ceil((3 * rangeMs) / MINUTE_MS)}m`;
}
