import { styleText } from 'node:util';
import { redactString } from '../../lambdas/shared/redact.ts';
import { escapeUnseen, UNSEEN } from '../../lambdas/shared/unseen.ts';
import { isReported } from '../definition/errors.ts';

/** Joins the parts of one emoji, which is shown. */
const JOINER =
  '\\u200d(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}]\\ufe0f?\\u200d)(?=\\p{Extended_Pictographic})';
/** Characters that nobody sees, or that a terminal acts on instead of showing them, except tabs and line breaks. */
const CONTROL = `(?!\\r\\n|[\\t\\n]|${JOINER})${UNSEEN.source}`;
const CONTROLS = new RegExp(CONTROL, 'gu');
/** The same, except colours and weights as `styleText` writes them. It has no conceal, which hides text. */
const UNSTYLED_CONTROLS = new RegExp(`(?!\\x1b\\[(?:[1-4]|2[2-4]|3[1-9]|9\\d)m)${CONTROL}`, 'gu');

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
  const text = json ? JSON.stringify({ error: errorData(error) }) : [messageOf(error), ...reportOf(error)].join('\n');
  process.stderr.write(`${json ? '' : `${red('error')} `}${withoutControls(text)}\n`);
}

/** A text that a terminal shows as it is. The escapes are those of JSON, so a document means the same. */
export function withoutControls(text: string): string {
  return escaped(text, CONTROLS);
}

function escaped(text: string, controls: RegExp): string {
  return text.replaceAll(controls, (one) => escapeUnseen(one));
}

function errorData(error: unknown): object {
  if (isReported(error) && error.name === 'DefinitionError')
    return { code: 'definition-invalid', faults: error.faults };
  if (isReported(error)) {
    const [first] = error.faults;
    return { ...first, message: error.message, ...(error.faults.length > 1 ? { faults: error.faults } : {}) };
  }
  const report = reportOf(error);
  return {
    code: codeOf(error) ?? 'failed',
    message: messageOf(error),
    ...(report.length === 0 ? {} : { report }),
  };
}

/** The message, after the code where the message is without it. An error that is not ours can come from anybody's code, so its secrets are hidden. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (isReported(error)) return message;
  const code = codeOf(error);
  return redactString(code === undefined || message.includes(code) ? message : `${code}: ${message}`);
}

/** Frames and source of an error of a handler, without their secrets, where the local gateway has found them. */
function reportOf(error: unknown): readonly string[] {
  const report = (error as { report?: unknown } | null)?.report;
  return Array.isArray(report) ? report.map((line) => redactString(String(line))) : [];
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** `styleText` respects NO_COLOR, FORCE_COLOR and whether the stream is a terminal. */
function red(text: string): string {
  return styleText('red', text, { stream: process.stderr });
}
