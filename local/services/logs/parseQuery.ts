import { parseCondition } from './parseCondition.ts';
import { AGGREGATES, type Aggregate, type Group, type Query, type Stage } from './query.ts';
import { type Reader, readerOf } from './reader.ts';
import { QueryError, type Token, tokensOf } from './tokens.ts';

/** The most rows of a result. */
export const MAX_ROWS = 10_000;

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Parses a query of CloudWatch Logs Insights: `fields`, `display`, `filter`, `stats`, `sort`, `limit` and `dedup`.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 *
 * @throws {QueryError} for what is not computed here, so that no result is wrong.
 */
export function parseQuery(text: string): Query {
  return commandsOf(tokensOf(text)).map((tokens) => {
    const reader = readerOf(tokens);
    const stage = parseStage(reader);
    const rest = reader.peek();
    if (rest !== undefined) throw new QueryError(`unexpected ${JSON.stringify(rest.text)}`);
    return stage;
  });
}

function commandsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const commands: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'mark' && token.text === '|') commands.push([]);
    else commands.at(-1)?.push(token);
  }
  return commands;
}

function parseStage(reader: Reader): Stage {
  const command = reader.take('word').text.toLowerCase();
  switch (command) {
    case 'fields':
    case 'display':
      return { kind: 'fields', columns: reader.list(() => column(reader)) };
    case 'filter':
      return { kind: 'filter', condition: parseCondition(reader) };
    case 'stats':
      return {
        kind: 'stats',
        aggregates: reader.list(() => aggregate(reader)),
        groups: reader.skip('by') ? reader.list(() => group(reader)) : [],
      };
    case 'sort':
      return { kind: 'sort', keys: reader.list(() => sortKey(reader)) };
    case 'dedup':
      return { kind: 'dedup', fields: reader.list(() => reader.take('word').text) };
    case 'limit':
      return { kind: 'limit', count: Math.min(Number(reader.take('number').text), MAX_ROWS) };
    default:
      throw new QueryError(`the command ${command} is not run here`);
  }
}

function column(reader: Reader) {
  const { text: field } = reader.take('word');
  return { field, column: alias(reader) ?? field };
}

function alias(reader: Reader): string | undefined {
  return reader.skip('as') ? reader.take('word').text : undefined;
}

function sortKey(reader: Reader) {
  const { text: field } = reader.take('word');
  const isDescending = reader.skip('desc');
  if (!isDescending) reader.skip('asc');
  return { field, isDescending };
}

function aggregate(reader: Reader): Aggregate {
  const written = reader.take('word').text;
  const name = AGGREGATES.find((one) => one === written.toLowerCase());
  if (name === undefined) throw new QueryError(`the function ${written} is not computed here`);
  reader.expect('(');
  const field = name === 'count' && (reader.skip('*') || reader.peek()?.text === ')') ? '*' : reader.take('word').text;
  const percent = name === 'pct' ? percentOf(reader) : undefined;
  reader.expect(')');
  const written2 = percent === undefined ? field : `${field}, ${percent}`;
  const column = alias(reader) ?? `${name}(${written2})`;
  return { name, field, column, ...(percent === undefined ? {} : { percent }) };
}

function percentOf(reader: Reader): number {
  reader.expect(',');
  return Number(reader.take('number').text);
}

function group(reader: Reader): Group {
  const { text: field } = reader.take('word');
  if (field !== 'bin') return { kind: 'field', field, column: alias(reader) ?? field };
  reader.expect('(');
  const count = Number(reader.take('number').text);
  const unit = reader.take('word').text;
  reader.expect(')');
  const unitMs = UNITS_MS[unit];
  if (unitMs === undefined || count <= 0) throw new QueryError(`bin(${count}${unit}) is no period`);
  return { kind: 'bin', periodMs: count * unitMs, column: alias(reader) ?? `bin(${count}${unit})` };
}
