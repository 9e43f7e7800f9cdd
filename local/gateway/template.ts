/**
 * Texts with variables: access-log formats and the templates of gateway responses. They are no VTL: `$context.…` and
 * `$stageVariables.…` are replaced, and nothing else is done.
 */
import type { RestApiModel } from '../assembly/model.ts';
import { type ContextSource, contextReader } from './contextVariables.ts';

/** Fills a text for one request. */
export type Template = (source: ContextSource) => string;

/** What a variable becomes in the text; `value` is nothing where the variable has none. */
export type Write = (value: string | undefined, name: string) => string;

const VARIABLE = /\$(context|stageVariables)\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)/g;

/** Compiles a text: variables are found once, and read for each request. */
export function compileTemplate(text: string, api: RestApiModel, account: string, write: Write): Template {
  const parts: (string | Template)[] = [];
  let at = 0;
  for (const match of text.matchAll(VARIABLE)) {
    parts.push(text.slice(at, match.index), variable(match[1] ?? '', match[2] ?? '', { api, account, write }));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return (source) => {
    let filled = '';
    for (const part of parts) filled += typeof part === 'string' ? part : part(source);
    return filled;
  };
}

interface Environment {
  readonly api: RestApiModel;
  readonly account: string;
  readonly write: Write;
}

function variable(kind: string, name: string, { api, account, write }: Environment): Template {
  if (kind === 'context') {
    const read = contextReader(name, api, account);
    return (source) => write(read(source), name);
  }
  const fixed = write(api.stage.variables[name], name);
  return () => fixed;
}
