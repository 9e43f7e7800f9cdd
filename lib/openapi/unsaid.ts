import type { SchemaNode } from '../definition/schema.ts';
import type { Draft4Reporter } from './draft4.ts';

/** Keywords that judge a plain value. */
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
];
/** Those of them that judge a text by what it is made of. */
const TEXTS = ['minLength', 'maxLength', 'pattern', 'enum', 'const'];

/**
 * What a model must not say of a node although draft 4 could: a model that judges the text as it was sent would be stricter
 * than a Lambda that normalizes first, and the validator of API Gateway quotes a refused value in its message, which is
 * answered and must not hold what is sensitive.
 */
export function withoutUnsaid(node: SchemaNode, location: string, reporter: Draft4Reporter): SchemaNode {
  const sensitive = reporter.sensitive === true || node['x-sensitive'] === true;
  const [keywords, reason] = sensitive
    ? [VALUES, 'the gateway would quote the value in its answer']
    : reporter.normalizes === true
      ? [TEXTS, 'the gateway judges the text before it is normalized']
      : [[], ''];
  const found = keywords.filter((keyword) => keyword in node);
  for (const keyword of found) reporter.drop(location, keyword, reason);
  return Object.fromEntries(Object.entries(node).filter(([keyword]) => !found.includes(keyword)));
}
