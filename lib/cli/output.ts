import { styleText } from 'node:util';
import { isReported } from '../definition/errors.ts';

/**
 * Characters that a terminal acts on instead of showing them: controls except tabs and line breaks, and those that change the
 * direction of text, which can show a name as another one (CVE-2021-42574).
 */
const CONTROL = '(?!\\r\\n)[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]';
const CONTROLS = new RegExp(CONTROL, 'g');
/** The same, except colours and weights as `styleText` writes them. It has no conceal, which hides text. */
const UNSTYLED_CONTROLS = new RegExp(`(?!\\x1b\\[(?:[1-4]|2[2-4]|3[1-9]|9\\d)m)${CONTROL}`, 'g');

/** Writes a result to stdout: lines for people, or one JSON document for programs. */
export function print(text: string): void {
  const shown = escaped(text, UNSTYLED_CONTROLS);
  process.stdout.write(shown.endsWith('\n') ? shown : `${shown}\n`);
}

/** Writes progress to stderr, so that stdout holds only the result. */
export function progress(text: string): void {
  process.stderr.write(`${escaped(text, UNSTYLED_CONTROLS)}\n`);
}

/** Writes an error to stderr: what, where and how to fix it, or the same facts as JSON. */
export function printError(error: unknown, json: boolean): void {
  const text = json ? JSON.stringify({ error: errorData(error) }) : messageOf(error);
  process.stderr.write(`${json ? '' : `${red('error')} `}${withoutControls(text)}\n`);
}

/** A text that a terminal shows as it is. The escapes are those of JSON, so a document means the same. */
export function withoutControls(text: string): string {
  return escaped(text, CONTROLS);
}

function escaped(text: string, controls: RegExp): string {
  return text.replaceAll(controls, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
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
