import { createInterface } from 'node:readline/promises';
import { checkField, IDENTITIES, type IdentityName, isIdentityName, kindOf } from './identities.ts';
import { checkDomain, checkName, checkZone, checkZoneName, type ProjectInput, parentOf } from './project.ts';

/** Where questions are written and answers come from. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks one question until `check` accepts the answer; an empty answer is the default. */
type Ask = (question: string, fallback: string | undefined, check: (answer: string) => string) => Promise<string>;

/** The questions go to stderr, so that stdout has only the result. */
const TERMINAL: Terminal = { input: process.stdin, output: process.stderr };

/** Whether a person can answer questions. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/**
 * Asks for what no option gives: the name, who issues tokens, and the domain.
 *
 * @throws {Error} when the person ends the input.
 */
export async function askProject(given: ProjectInput, suggested: string, terminal = TERMINAL): Promise<ProjectInput> {
  return withQuestions(terminal, async (ask) => {
    const name = given.name ?? (await ask('Name of the API', suggested, checkName));
    return { ...given, name, ...(await askIdentity(given, ask)), ...(await askDomain(given, ask)) };
  });
}

/** Asks for the folder of the project. */
export function askFolder(suggested: string, terminal = TERMINAL): Promise<string> {
  return withQuestions(terminal, (ask) => ask('Folder', suggested, (answer) => answer));
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

async function withQuestions<T>({ input, output }: Terminal, work: (ask: Ask) => Promise<T>): Promise<T> {
  const lines = createInterface({ input, output });
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  const ask: Ask = async (question, fallback, check) => {
    for (;;) {
      const hint = fallback === undefined ? '' : ` [${fallback}]`;
      const answer = (await lines.question(`${question}${hint}: `, { signal: ended.signal })).trim();
      try {
        return check(answer === '' && fallback !== undefined ? fallback : answer);
      } catch (error) {
        output.write(`${(error as Error).message}\n`);
      }
    }
  };
  try {
    return await work(ask);
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error;
    throw new Error('The input ended before the last question. Nothing was written.');
  } finally {
    lines.close();
  }
}
