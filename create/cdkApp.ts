import { join } from 'node:path';
import { unusableFolder } from './errors.ts';
import { parseJson, readOptional } from './readFile.ts';

/** The app of a CDK project, as `cdk.json` names it. */
export interface CdkApp {
  /** Its file, if the command has one. */
  readonly entry?: string;
  /** Whether Node.js runs TypeScript itself. */
  readonly runsSource: boolean;
}

const OTHER_COMMAND = /^(?:python[\d.]*|poetry|pipenv|uv|mvnw?|gradlew?|java|dotnet|go)(?:\.exe|\.cmd)?$/;
const OTHER_FILE = /\.(?:py|jar|go|csproj)$/;

/**
 * Reads the command of the app.
 *
 * @throws {ConfigError} `project-folder-unusable` where there is none, and for another language.
 */
export function readCdkApp(folder: string): CdkApp {
  const command = commandOf(readOptional(join(folder, 'cdk.json'), 'cdk.json') ?? '');
  const parts = command.split(/&&|\|\||;/).map(wordsOf);
  for (const [first = '', ...words] of parts) {
    const other = OTHER_COMMAND.test(first.split('/').at(-1) ?? '')
      ? first
      : words.find((word) => OTHER_FILE.test(word));
    if (other !== undefined) throw wrong(`the command ${other}`, 'a CDK app in TypeScript', OWN_PROJECT);
  }
  const entry = parts.at(-1)?.find((word) => /\.[cm]?[jt]sx?$/.test(word));
  return { entry: entry?.replace(/^\.\//, ''), runsSource: /(^|\s)node\s+[^\s]+\.ts\b/.test(command) };
}

export const OWN_PROJECT = 'Name another folder: secure-api init my-api.';

/** The words of a shell command, without their quotes. */
function wordsOf(command: string): readonly string[] {
  const words = command.matchAll(/"([^"]*)"|'([^']*)'|[^\s"']+/g);
  return [...words].map(([word, double, single]) => (double ?? single ?? word).replaceAll('\\', '/'));
}

function commandOf(text: string): string {
  let content: unknown;
  try {
    content = parseJson(text);
  } catch {
    throw wrong('no JSON that can be read', 'a JSON object', 'Fix the file; the CDK CLI cannot read it either.');
  }
  const { app } = (content ?? {}) as { readonly app?: unknown };
  if (typeof app === 'string' && app.trim() !== '') return app;
  throw wrong('no "app"', 'the command of the CDK app', 'Name the command as "app", such as npx tsx bin/app.ts.');
}

function wrong(found: string, expected: string, fix: string) {
  return unusableFolder({ location: 'cdk.json', found, expected, fix: `${fix} Nothing was written.` });
}
