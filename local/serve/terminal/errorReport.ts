import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Entry, MAX_LINE, readLogLine } from './logLine.ts';
import { plain } from './plain.ts';
import { sourceExcerpt } from './sourceExcerpt.ts';

/** An error as a person reads it. */
export interface ErrorReport {
  /** Name and message. */
  readonly title: string;
  /** Frames of the project's own code, and how many others there are. */
  readonly frames: readonly string[];
  readonly otherFrames: number;
  /** The source around the first frame, with a mark below its column. */
  readonly source: readonly string[];
  readonly causes: readonly ErrorReport[];
}

const MAX_FRAMES = 6;
const MAX_DEPTH = 3;
const MAX_CAUSES = 3;
/** Frames that a developer did not write: Node.js and packages. */
const FOREIGN = /^node:|^native$|<anonymous>|[\\/]node_modules[\\/]/;
/** So are those of the runtime, which is no package in a checkout of this project. */
const RUNTIME = import.meta.url.endsWith('.ts')
  ? ['lambdas/runtime/', 'lambdas/shared/', 'lambdas/authorizer/', 'local/lambda/'].map((folder) =>
      fileURLToPath(new URL(`../../../${folder}`, import.meta.url)),
    )
  : [];
/** `at name (location)` or `at location`; folders can have spaces and parentheses. */
const FRAME = /^\s+at (?:async )?(?:(\S.*?) \()?(.+):(\d+):(\d+)\)?$/;

/** How an error is read. */
export interface Reading {
  /** Paths below it are shown relative to it. */
  readonly directory: string;
  /** Hides the secrets in a line of source. */
  readonly redact: (text: string) => string;
}

/** Reads an error of a log entry, whose secrets are hidden already. */
export function errorReport(error: unknown, reading: Reading, depth = 0): ErrorReport | undefined {
  if (error === undefined || error === null) return undefined;
  if (typeof error !== 'object') return leaf(String(error));
  const { name, message, stack, cause, errors } = error as Entry;
  const title = plain([name, message].filter((part) => typeof part === 'string' && part !== '').join(': '));
  const frames = typeof stack === 'string' ? stack.split('\n').flatMap((line) => frameOf(line) ?? []) : [];
  const own = frames.filter(({ file }) => !FOREIGN.test(file) && !RUNTIME.some((folder) => file.startsWith(folder)));
  const shown = own.slice(0, MAX_FRAMES);
  const [first] = shown;
  const inner = depth < MAX_DEPTH ? [cause, ...(Array.isArray(errors) ? errors : [])].slice(0, MAX_CAUSES) : [];
  return {
    title,
    frames: shown.map((frame) => shownFrame(frame, reading.directory)),
    otherFrames: frames.length - shown.length,
    source: first === undefined ? [] : sourceExcerpt(first).map(reading.redact),
    causes: inner.flatMap((one) => errorReport(one, reading, depth + 1) ?? []),
  };
}

function leaf(text: string): ErrorReport {
  return { title: plain(text), frames: [], otherFrames: 0, source: [], causes: [] };
}

/** The lines of a report below the line of its entry. */
export function reportLines(
  { title, frames, otherFrames, source, causes }: ErrorReport,
  indent = '  ',
): readonly string[] {
  const others =
    otherFrames === 0 ? [] : [`${indent}  (${otherFrames} more ${otherFrames === 1 ? 'frame' : 'frames'})`];
  return [
    `${indent}${title}`,
    ...frames.map((frame) => `${indent}  at ${frame}`),
    ...others,
    ...source.map((line) => `${indent}  ${line}`),
    ...causes.flatMap((cause) => {
      const [first = '', ...rest] = reportLines(cause, `${indent}  `);
      return [`${indent}  because of ${first.trimStart()}`, ...rest];
    }),
  ];
}

/** A frame of a stack: a file is a path. */
interface Frame {
  readonly name: string | undefined;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

function frameOf(text: string): Frame | undefined {
  // A name comes only before a location in parentheses.
  const hasName = text.endsWith(')');
  const [, name, location, line, column] = FRAME.exec(text) ?? [];
  if (location === undefined) return undefined;
  const whole = hasName || name === undefined ? location : `${name} (${location}`;
  return { name: hasName ? name : undefined, file: pathOf(whole), line: Number(line), column: Number(column) };
}

function pathOf(location: string): string {
  if (!location.startsWith('file:')) return location;
  try {
    return fileURLToPath(location);
  } catch {
    return location;
  }
}

/** A bundle has a folder that says nothing, so only its name is shown. */
function shownFrame({ name, file, line, column }: Frame, directory: string): string {
  const below = relative(directory, file);
  const path =
    /(?:^|[\\/])asset\.[0-9a-f]+[\\/]/.test(file) || file.endsWith('index.mjs')
      ? file.replace(/^.*[\\/]/, '')
      : below.startsWith('..')
        ? file
        : below;
  const location = `${path}:${line}:${column}`;
  return plain(name === undefined ? location : `${name} (${location})`);
}

/** The error in a line of a log that no terminal shows; undefined for another line. */
export function errorIn(line: string, reading: Reading): ErrorReport | undefined {
  if (line.length > MAX_LINE || !line.includes('"stack"')) return undefined;
  const read = readLogLine(line, (text) => text);
  if (read.kind !== 'entry' && read.kind !== 'failure') return undefined;
  return errorReport(read.entry['error'], reading);
}

/** A report for the log file, which has the stack itself; undefined without source. */
export function sourceNote(report: ErrorReport): string | undefined {
  return report.source.length === 0 ? undefined : reportLines(report).join('\n');
}
