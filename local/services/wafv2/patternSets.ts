import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { RegexPatternSetModel } from '../../assembly/edgeModel.ts';
import { record, strings } from '../../assembly/values.ts';
import { readIfPresent, writePrivateFile } from '../files.ts';

/** The patterns of a set, as they are now. */
export interface PatternSetContent {
  /** Changes with each update. */
  readonly lockToken: string;
  readonly patterns: readonly string[];
}

/**
 * The regex pattern sets of web ACLs: those of the template until they are updated, then what was written, kept in
 * `<data>/regex-pattern-sets.json` (mode 0600, replaced as a whole).
 */
export interface PatternSets {
  of(set: RegexPatternSetModel): PatternSetContent;
  write(set: RegexPatternSetModel, patterns: readonly string[]): PatternSetContent;
  /** What was written to the set of an ARN; undefined where nothing was. */
  written(arn: string): readonly string[] | undefined;
}

/** @param data without a directory, they are kept in memory */
export function patternSets(data?: string): PatternSets {
  const file = data === undefined ? undefined : join(data, 'regex-pattern-sets.json');
  const updated = new Map(file === undefined ? [] : readSets(file));
  const tokens = new Map<string, string>();
  const of = (set: RegexPatternSetModel): PatternSetContent => {
    const lockToken = tokens.get(set.arn) ?? randomUUID();
    tokens.set(set.arn, lockToken);
    return { lockToken, patterns: updated.get(set.arn) ?? set.patterns };
  };
  return {
    of,
    write(set, patterns) {
      updated.set(set.arn, patterns);
      tokens.set(set.arn, randomUUID());
      if (file !== undefined) writePrivateFile(file, JSON.stringify(Object.fromEntries(updated), undefined, 2));
      return of(set);
    },
    written: (arn) => updated.get(arn),
  };
}

function readSets(file: string): readonly (readonly [string, readonly string[]])[] {
  const text = readIfPresent(file);
  if (text === undefined) return [];
  try {
    return Object.entries(record(JSON.parse(text))).map(([arn, patterns]) => [arn, strings(patterns)]);
  } catch {
    // The parser's message could quote the text, which is secret.
    throw new Error(`${file} is not readable as JSON: remove it to have new values made`);
  }
}
