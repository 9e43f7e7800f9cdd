import { appendFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceSpan } from '../../contracts.ts';
import { writePrivateFile } from '../files.ts';

/** The spans of this run. */
export interface TraceStore {
  add(span: TraceSpan): void;
  /** The latest ones, oldest first. */
  all(): readonly TraceSpan[];
}

const FILE = 'traces.jsonl';
const BEFORE = 'traces.1.jsonl';
const MOST_KEPT = 5_000;
/** A file that reached this size is renamed, and replaces the one before. */
const ROTATE_AT_BYTES = 20 * 1024 * 1024;

/** Writes each span as a line of `<data>/traces.jsonl`, which begins empty. A full disk must not end the gateway. */
export function createTraceStore(data: string): TraceStore {
  const file = join(data, FILE);
  writePrivateFile(file, '');
  const spans: TraceSpan[] = [];
  let bytes = 0;
  const write = (line: string) => {
    if (bytes + line.length > ROTATE_AT_BYTES) {
      renameSync(file, join(data, BEFORE));
      writePrivateFile(file, '');
      bytes = 0;
    }
    appendFileSync(file, line);
    bytes += line.length;
  };
  return {
    add(span) {
      spans.push(span);
      if (spans.length > MOST_KEPT) spans.shift();
      try {
        write(`${JSON.stringify(span)}\n`);
      } catch {
        // It is kept in memory.
      }
    },
    all: () => spans,
  };
}

const ID = /^[\da-f]{16}$/;
const TRACE_ID = /^[\da-f]{32}$/;
const LONGEST_NAME = 200;
const MOST_ATTRIBUTES = 50;
const LONGEST_VALUE = 1_000;

/** A span from parts that anybody on this machine can have sent; undefined unless each is as it has to be. */
export function spanOf(
  parts: { readonly [Name in keyof TraceSpan | 'startMs' | 'endMs']?: unknown },
): TraceSpan | undefined {
  const { traceId, spanId, parentId, name, kind, startMs, endMs, failed, attributes } = parts;
  if (!isText(traceId, TRACE_ID) || !isText(spanId, ID) || typeof name !== 'string') return undefined;
  if (!Number.isFinite(startMs) || !Number.isFinite(endMs) || (parentId !== undefined && !isText(parentId, ID)))
    return undefined;
  const start = new Date(Number(startMs));
  if (Number.isNaN(start.getTime())) return undefined;
  return {
    traceId,
    spanId,
    ...(parentId === undefined ? {} : { parentId: String(parentId) }),
    name: name.slice(0, LONGEST_NAME),
    kind: kind === 'server' || kind === 'client' ? kind : 'internal',
    start: start.toISOString(),
    durationMs: Math.max(0, Math.round((Number(endMs) - Number(startMs)) * 1000) / 1000),
    failed: failed === true,
    attributes: scalarsOf(attributes),
  };
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

function scalarsOf(attributes: unknown): TraceSpan['attributes'] {
  const entries = typeof attributes === 'object' && attributes !== null ? Object.entries(attributes) : [];
  const scalars = entries.filter((entry): entry is [string, string | number] =>
    /^(?:string|number)$/.test(typeof entry[1]),
  );
  const cut = (value: string | number) => (typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value);
  return Object.fromEntries(
    scalars.slice(0, MOST_ATTRIBUTES).map(([name, value]) => [name.slice(0, LONGEST_NAME), cut(value)]),
  );
}
