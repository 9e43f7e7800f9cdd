import { OUTPUT_CLOSED } from '../../create/closedOutput.ts';
import { isReported } from '../definition/errors.ts';

/** Exit codes by name. */
export const EXIT = {
  success: 0,
  failure: 1,
  usage: 2,
  accessWidens: 3,
  wouldFail: 3,
  hasFault: 3,
  drillFailed: 3,
  pages: 3,
  incomplete: 3,
  unchecked: 4,
  notSignedIn: 4,
  waiting: 4,
  /** 128 and the number of the signal: the shell reports these, no command sets them. */
  interrupted: 130,
  outputClosed: OUTPUT_CLOSED,
  terminated: 143,
} as const;

interface ExitCode {
  readonly code: number;
  /** The only command that it is true for, with the option that it needs. */
  readonly command?: string;
  readonly meaning: string;
}

/** What each code means. `--help` prints it and docs/cli.md repeats it. */
const MEANINGS: readonly ExitCode[] = [
  { code: EXIT.success, meaning: 'success' },
  { code: EXIT.success, command: 'dev', meaning: 'stopped by q, Ctrl-C or SIGTERM while it serves' },
  { code: EXIT.failure, meaning: 'failure: stderr says why' },
  { code: EXIT.failure, command: 'dev', meaning: 'stopped by a second Ctrl-C before open requests ended' },
  {
    code: EXIT.failure,
    command: 'dev',
    meaning: 'the CDK app failed, for another reason than its definition or props',
  },
  {
    code: EXIT.failure,
    command: 'identity discover',
    meaning: 'the issuer did not respond, or what it publishes is not fit to verify tokens',
  },
  { code: EXIT.failure, command: 'logs --request', meaning: 'no log has a line of the request in that time' },
  { code: EXIT.failure, command: 'access explain', meaning: 'the token does not give access to the route' },
  { code: EXIT.failure, command: 'access review --strict', meaning: 'the review is no longer valid' },
  { code: EXIT.failure, command: 'webhooks send', meaning: 'the API did not accept the message' },
  {
    code: EXIT.usage,
    meaning: 'wrong options, configuration or definition, found before the work starts: stderr says how to fix it',
  },
  { code: EXIT.accessWidens, command: 'access diff', meaning: 'the change widens access' },
  {
    code: EXIT.wouldFail,
    command: 'preflight',
    meaning: 'the deployment would fail, or the deployed API would not work',
  },
  {
    code: EXIT.hasFault,
    command: 'domain check',
    meaning: 'an endpoint has a fault, or with --strict a warning',
  },
  {
    code: EXIT.hasFault,
    command: 'domain status',
    meaning: 'a certificate, a domain or the stack has failed: waiting does not help',
  },
  {
    code: EXIT.drillFailed,
    command: 'drill',
    meaning: 'an alarm did not fire and end exactly once, or its messages did not arrive',
  },
  { code: EXIT.pages, command: 'alarms --exit-code', meaning: 'an alarm of the severity page fires' },
  {
    code: EXIT.incomplete,
    command: 'export',
    meaning: 'with --strict: something of the alarms or dashboards cannot be expressed, and is left out',
  },
  {
    code: EXIT.unchecked,
    command: 'preflight',
    meaning: 'nothing would fail as far as known, but something could not be checked',
  },
  {
    code: EXIT.unchecked,
    command: 'domain check',
    meaning: 'no fault as far as known, but something could not be examined',
  },
  {
    code: EXIT.waiting,
    command: 'domain status',
    meaning: 'a record is missing, or AWS has not finished: stdout says what',
  },
  {
    code: EXIT.notSignedIn,
    command: 'token --stack',
    meaning: 'no session, or one that has ended: run `secure-api login`',
  },
  { code: EXIT.notSignedIn, command: 'logout', meaning: 'no session' },
  {
    code: EXIT.interrupted,
    meaning: 'interrupted by Ctrl-C before the end',
  },
  {
    code: EXIT.outputClosed,
    meaning: 'the reader of the output has gone, such as `head -1`',
  },
  {
    code: EXIT.terminated,
    meaning: 'terminated (SIGTERM) before the end',
  },
];

/** Codes of `secure-api-local` for options that it does not take, by the name of the error. */
const WRONG_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  AssemblyError: ['missing-directory', 'choose-stack', 'unknown-stack'],
  IssuerCallError: ['invalid-client-id', 'request-invalid'],
};

/** The exit code of an error. A sign-in or a discovery fails after its work has started. */
export function exitCodeOf(error: unknown): number {
  if (!isReported(error)) return isWrongOption(error) ? EXIT.usage : EXIT.failure;
  const byCode: Readonly<Record<string, number>> = {
    'sign-in-failed': EXIT.failure,
    'discovery-failed': EXIT.failure,
    'aws-call-failed': EXIT.failure,
    'file-not-written': EXIT.failure,
    'not-signed-in': EXIT.notSignedIn,
  };
  return byCode[error.faults[0]?.code ?? ''] ?? EXIT.usage;
}

function isWrongOption(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  return WRONG_OPTIONS[String(name)]?.includes(String(code)) ?? false;
}

/** The exit codes for `--help`: those of one command, or all. */
export function exitCodesHelp(command?: string): string {
  const codes = MEANINGS.filter((row) => command === undefined || isOf(command, row));
  const lines = codes.map(({ code, command: only, meaning }) => {
    const name = command === undefined ? only : only?.slice(command.length).trim();
    return `  ${String(code).padEnd(2)} ${name === undefined || name === '' ? '' : `${name}: `}${meaning}`;
  });
  return `\nExit codes:\n${lines.join('\n')}`;
}

/** The exit codes as a Markdown table. */
export function exitCodesMarkdown(): string {
  const rows = MEANINGS.map(({ code, command, meaning }) => [
    String(code),
    command === undefined ? 'any' : `\`secure-api ${command}\``,
    meaning,
  ]);
  return [['exit code', 'command', 'meaning'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function isOf(command: string, { command: only }: ExitCode): boolean {
  return only === undefined || `${only} `.startsWith(`${command} `);
}
