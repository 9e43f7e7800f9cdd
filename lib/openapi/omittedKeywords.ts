import type { SchemaNode } from '../definition/schema.ts';

/** Decides which keywords are omitted, and is called for each of them. */
export interface KeywordReporter {
  /** Called for a keyword that is omitted or weakened, with the reason. */
  readonly drop: (location: string, keyword: string, reason: string) => void;
  /** Whether the Lambda normalizes strings before it checks them. */
  readonly normalizes?: boolean;
  /** Whether everything below is sensitive. */
  readonly sensitive?: boolean;
}

/** Keywords that check a plain value. */
const VALUES = [
  'minLength',
  'maxLength',
  'pattern',
  'enum',
  'const',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'x-max-decoded-bytes',
];
/** Those of them that depend on the characters of a string. */
const CHARACTERS = ['minLength', 'maxLength', 'pattern', 'enum', 'const'];

/**
 * A schema without the keywords that a model must not check, although draft 4 has them: a model that checks the string
 * as sent would be stricter than a Lambda that normalizes first, and API Gateway quotes a rejected value in its
 * message, which the response contains and which must not hold anything sensitive.
 */
export function omitKeywords(node: SchemaNode, location: string, reporter: KeywordReporter): SchemaNode {
  const sensitive = reporter.sensitive === true || node['x-sensitive'] === true;
  const [keywords, reason] = sensitive
    ? [VALUES, 'the gateway would quote the value in its response']
    : reporter.normalizes === true
      ? [CHARACTERS, 'the gateway checks the string before it is normalized']
      : [[], ''];
  const found = keywords.filter((keyword) => keyword in node);
  for (const keyword of found) reporter.drop(location, keyword, reason);
  return Object.fromEntries(Object.entries(node).filter(([keyword]) => !found.includes(keyword)));
}
