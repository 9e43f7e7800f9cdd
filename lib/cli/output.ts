import { styleText } from 'node:util';
import { isReported } from '../definition/errors.ts';

/** Writes a result to stdout: lines for people, or one JSON document for programs. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes progress to stderr, so that stdout holds only the result. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Writes an error to stderr: what, where and how to fix it, or the same facts as JSON. */
export function printError(error: unknown, json: boolean): void {
  process.stderr.write(
    json ? `${JSON.stringify({ error: errorData(error) })}\n` : `${red('error')} ${messageOf(error)}\n`,
  );
}

function errorData(error: unknown): object {
  if (isReported(error) && error.name === 'DefinitionError')
    return { code: 'definition-invalid', faults: error.faults };
  if (isReported(error)) {
    const [first] = error.faults;
    return { ...first, message: error.message, ...(error.faults.length > 1 ? { faults: error.faults } : {}) };
  }
  return { code: codeOf(error) ?? 'failed', message: messageOf(error) };
}

/** The message, after the code where the message is without it. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = isReported(error) ? undefined : codeOf(error);
  return code === undefined || message.includes(code) ? message : `${code}: ${message}`;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** `styleText` respects NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
function red(text: string): string {
  return styleText('red', text, { stream: process.stderr });
}
