import { styleText } from 'node:util';
import { ConfigError, DefinitionError } from '../definition/errors.ts';

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
  if (error instanceof DefinitionError) return { code: 'definition-invalid', faults: error.faults };
  if (error instanceof ConfigError) {
    const { code, location, expected, fix, message } = error;
    return { code, location, expected, fix, message };
  }
  return { code: codeOf(error) ?? 'failed', message: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** `styleText` respects NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
function red(text: string): string {
  return styleText('red', text, { stream: process.stderr });
}
