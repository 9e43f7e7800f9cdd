/**
 * Preloaded into the CDK app that `secure-api dev` starts. An error of the definition or of a prop that the app does not catch
 * is written to the file that the command names, and the command reports it as it reports its own: in one block, or as JSON.
 * Every other error is left to Node, which prints it with its stack; the command repeats its message and its location.
 */
import { writeFileSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isReported } from '../definition/errors.ts';
import { APP_ERROR_FILE } from './appVariables.ts';
import { EXIT } from './exitCodes.ts';

const MAX_MESSAGE = 1_000;

process.on('uncaughtExceptionMonitor', (error: unknown) => {
  const file = process.env[APP_ERROR_FILE];
  // An app that handles its errors itself goes on.
  if (file === undefined || process.listenerCount('uncaughtException') > 0) return;
  if (!isReported(error)) return writeFileSync(file, JSON.stringify({ message: described(error) }));
  writeFileSync(file, JSON.stringify({ name: error.name, faults: error.faults }));
  // Node would print the error, too.
  process.exit(EXIT.usage);
});

/** An error with the first location in its stack that is in the project. */
function described(error: unknown): string {
  const text = (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    .trim()
    .slice(0, MAX_MESSAGE);
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : '';
  for (const line of stack.split('\n')) {
    const [, place = '', at] = /^\s+at (?:.*\()?(.*?):(\d+:\d+)\)?$/.exec(line) ?? [];
    const path = place.startsWith('file:') ? fileURLToPath(place) : place;
    if (isAbsolute(path) && !path.includes('node_modules')) return `${text} (${relative(process.cwd(), path)}:${at})`;
  }
  return text;
}
