import { isRecord } from '../../../lambdas/shared/json.ts';
import { redactString } from '../../../lambdas/shared/redact.ts';
import type { LogEvent } from './logEvents.ts';
import type { LogSource } from './source.ts';

/** A line of a log, read. */
export interface LogEntry {
  readonly log: LogSource;
  /** Milliseconds since 1970: when it happened, as the line says; else when it was received. */
  readonly time: number;
  /** The members of a line in JSON. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** The line as it is, without secrets. */
  readonly text: string;
}

/**
 * Reads a line. Logs have no secrets, except what a handler prints past the logger: so what is shown is searched once more.
 */
export function entryOf({ log, received, message }: LogEvent): LogEntry {
  const text = redactString(message);
  const members = membersOf(text);
  return { log, text, time: timeOf(members) ?? received, ...(members && { members }) };
}

/** A line for programs. */
export function entryJson({ log, time, members, text }: LogEntry): string {
  const at = new Date(time).toISOString();
  return JSON.stringify({
    time: at,
    log: log.name,
    logGroup: log.logGroup,
    ...(members ? { entry: members } : { text }),
  });
}

/** The members of a line in JSON. */
export function membersOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The access log has the time in milliseconds, as a string; functions and WAF call it otherwise. */
function timeOf(members: Readonly<Record<string, unknown>> = {}): number | undefined {
  const { time, timestamp } = members;
  for (const value of [time, timestamp]) {
    const ms = typeof value === 'string' && !/^\d+$/.test(value) ? Date.parse(value) : Number(value ?? Number.NaN);
    if (Number.isFinite(ms) && ms > 0 && ms < 8.64e15) return ms;
  }
  return undefined;
}
