import { createRequire } from 'node:module';
import type { Fault } from '../fault.ts';
import { walkSchema } from '../walkSchema.ts';
import { formatValue, type UncheckedApi } from './check.ts';
import { isLinear } from './linearPattern.ts';
import { readableSchemas } from './readSchemas.ts';

/**
 * The checker in plain JavaScript: the main entry of recheck starts native programs. A release brings its own copy
 * (build/vendor.ts), because those programs are more than half of what an installation would take.
 */
const CHECKER = import.meta.url.endsWith('.ts') ? 'recheck/lib/browser.js' : '../../../vendor/recheck.cjs';
/** Loads it: only for a pattern that needs more than {@link isLinear}. */
const loadChecker = () => createRequire(import.meta.url)(CHECKER) as typeof import('recheck');
/** Milliseconds that the proof for one pattern may take; the patterns of a real API take a few. */
const PROOF_MS = 60_000;

/**
 * Regular expressions that a client's input can make run for ever (CWE-1333). A pattern passes only when it is proven to
 * run in linear time: what takes quadratic time at 10,000 characters takes seconds, and a function is paid by time.
 */
export function checkPatterns(api: UncheckedApi): readonly Fault[] {
  const results = new Map<string, string | undefined>();
  const complexity = (pattern: string) => {
    if (!results.has(pattern)) results.set(pattern, complexityOf(pattern));
    return results.get(pattern);
  };
  return readableSchemas(api).flatMap(({ node, location }) => {
    const faults: Fault[] = [];
    walkSchema(node, location, (child, at) => {
      for (const [where, pattern] of patternsOf(child)) {
        const found = complexity(pattern);
        if (found !== undefined) faults.push(unsafe(`${at}.${where}`, pattern, found));
      }
    });
    return faults;
  });
}

/** The fault of one pattern, if it has one. */
export function patternFault(location: string, pattern: string): Fault | undefined {
  const found = complexityOf(pattern);
  return found === undefined ? undefined : unsafe(location, pattern, found);
}

function patternsOf(node: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  const { pattern, patternProperties } = node;
  const ofNames =
    typeof patternProperties === 'object' && patternProperties !== null ? Object.keys(patternProperties) : [];
  return [
    ...(typeof pattern === 'string' ? [['pattern', pattern] as const] : []),
    ...ofNames.map((name) => ['patternProperties', name] as const),
  ];
}

/** Describes the complexity of a pattern; undefined when it is proven safe. */
function complexityOf(pattern: string): string | undefined {
  if (!isRegExp(pattern) || isLinear(pattern)) return undefined;
  const result = loadChecker().checkSync(pattern, 'u', { timeout: PROOF_MS });
  if (result.status === 'safe') return undefined;
  return result.status === 'vulnerable' ? `${result.complexity.summary} time` : 'no proof that it ends in linear time';
}

/** The validator compiler reports what is no regular expression. */
function isRegExp(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') !== undefined;
  } catch {
    return false;
  }
}

function unsafe(location: string, pattern: string, found: string): Fault {
  return {
    code: 'pattern-unsafe',
    location,
    found: `${formatValue(pattern)}, which hostile input makes run in ${found}`,
    expected: 'a pattern that runs in linear time',
    fix: 'Anchor it with ^ and $, and use no two repetitions that can match the same character: ^[a-z]+(?:-[a-z]+)*$ instead of ^(?:[a-z]+-?)+$.',
  };
}
