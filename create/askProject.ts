import { createInterface } from 'node:readline';
import { escapeInvisible } from '../lib/definition/checks/check.ts';
import { checkField, IDENTITIES, type IdentityName, isIdentityName, kindOf } from './identities.ts';
import { checkDomain, checkName, checkZone, checkZoneName, type ProjectInput, parentOf } from './project.ts';

/** Where questions are written and answers come from, and what Ctrl-C does. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly interrupt: () => void;
}

/** The questions of one run. They share one reader, because lines that are pasted at once come at once. */
export interface Dialog {
  /** Asks for the folder of the project. */
  askFolder(suggested: string): Promise<string>;
  /**
   * Asks for what no option gives: the name, who issues tokens, and the domain.
   *
   * @throws {Error} when the person ends the input.
   */
  askProject(given: ProjectInput, suggested: string): Promise<ProjectInput>;
  close(): void;
}

/** Asks one question until `check` accepts the answer; an empty answer is the default. */
type Ask = (question: string, fallback: string | undefined, check: (answer: string) => string) => Promise<string>;

/** The questions go to stderr, so that stdout has only the result. */
const TERMINAL: Terminal = { input: process.stdin, output: process.stderr, interrupt };

/** Starts to read answers. */
export function openDialog(terminal = TERMINAL): Dialog {
  const { ask, close } = openQuestions(terminal);
  return {
    askFolder: (suggested) => ask('Folder', suggested, (answer) => answer),
    askProject: async (given, suggested) => {
      const name = given.name ?? (await ask('Name of the API', suggested, checkName));
      return { ...given, name, ...(await askIdentity(given, ask)), ...(await askDomain(given, ask)) };
    },
    close,
  };
}

/** Ends as Ctrl-C ends a program, so that a shell reports 130 and a script stops. */
function interrupt(): void {
  process.kill(process.pid, 'SIGINT');
}

async function askIdentity(given: ProjectInput, ask: Ask): Promise<ProjectInput> {
  const names = Object.keys(IDENTITIES) as readonly IdentityName[];
  const list = names.map((name, i) => `  ${i + 1}  ${kindOf(name).title}`).join('\n');
  const identity =
    given.identity ?? (await ask(`Who issues tokens?\n${list}\nNumber`, '1', (answer) => chosen(answer, names)));
  if (!isIdentityName(identity)) return { identity };
  const values: Record<string, string> = {};
  for (const field of kindOf(identity).fields) {
    const check = (answer: string) => checkField(field, answer);
    values[field.name] =
      given[field.name] ?? (await ask(`${field.question}, such as ${field.example}`, undefined, check));
  }
  return { identity, ...values };
}

function chosen(answer: string, names: readonly IdentityName[]): string {
  const name = names[Number(answer) - 1] ?? names.find((one) => one === answer.toLowerCase());
  if (name === undefined) throw new Error(`Expected a number from 1 to ${names.length}.`);
  return name;
}

async function askDomain(given: ProjectInput, ask: Ask): Promise<ProjectInput> {
  const optional = (answer: string) => (answer === 'none' ? answer : checkDomain(answer));
  const domain = given.domain ?? (await ask('Own domain, such as api.example.com', 'none', optional));
  if (domain === 'none') return {};
  const zone = given.zone ?? (await ask('Id of its hosted zone, such as Z0123456789ABCDEFGHIJ', undefined, checkZone));
  const check = (answer: string) => checkZoneName(answer, domain);
  return { domain, zone, zoneName: given.zoneName ?? (await ask('Name of the hosted zone', parentOf(domain), check)) };
}

function openQuestions({ input, output, interrupt }: Terminal): { readonly ask: Ask; close(): void } {
  const lines = createInterface({ input, output });
  const answers: string[] = [];
  let isEnded = false;
  let wake = () => {};
  lines.on('line', (line) => {
    answers.push(line);
    wake();
  });
  lines.once('close', () => {
    isEnded = true;
    wake();
  });
  lines.once('SIGINT', () => {
    lines.close();
    output.write('\nInterrupted. Nothing was written.\n');
    interrupt();
  });
  const nextLine = async (): Promise<string> => {
    if (answers.length === 0 && !isEnded) await new Promise<void>((resolve) => (wake = resolve));
    const line = answers.shift();
    if (line === undefined) throw new Error('The input ended before the last question. Nothing was written.');
    return line;
  };
  const ask: Ask = async (question, fallback, check) => {
    for (;;) {
      const prompt = `${question}${fallback === undefined ? '' : ` [${fallback}]`}: `;
      lines.setPrompt(prompt);
      // A pasted answer is there before its question.
      if (answers[0] === undefined) lines.prompt();
      else output.write(`${prompt}${escapeInvisible(answers[0])}\n`);
      const answer = (await nextLine()).trim();
      try {
        return check(answer === '' && fallback !== undefined ? fallback : answer);
      } catch (error) {
        output.write(`${(error as Error).message}\n`);
      }
    }
  };
  return { ask, close: () => lines.close() };
}
