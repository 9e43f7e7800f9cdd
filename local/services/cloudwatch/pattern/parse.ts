import { FilterPatternError } from './error.ts';
import { type JsonCondition, parseJsonPattern } from './json.ts';
import { parseTermPattern, type TermPattern } from './terms.ts';

/** A filter pattern that was understood, ready to be matched. */
export type FilterPattern =
  | { readonly kind: 'json'; readonly condition: JsonCondition }
  | { readonly kind: 'terms'; readonly terms: TermPattern };

/**
 * Reads a CloudWatch Logs filter pattern: `{ … }` for JSON events, else terms.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws {FilterPatternError} for regular expressions (`%…%`), space-delimited patterns (`[…]`) and faults
 */
export function parseFilterPattern(pattern: string): FilterPattern {
  const text = pattern.trim();
  if (text.startsWith('{')) return { kind: 'json', condition: parseJsonPattern(text) };
  if (text.startsWith('[')) throw new FilterPatternError('patterns for space-delimited events are not matched here');
  return { kind: 'terms', terms: parseTermPattern(text) };
}
