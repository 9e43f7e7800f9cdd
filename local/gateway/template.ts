/**
 * Strings with variables: access-log formats, and the headers and bodies of gateway responses and mock integrations.
 * `$context.…` and `$stageVariables.…` are replaced. `vtl/` has the templates of mock integrations.
 */
import type { RestApiModel } from '../assembly/model.ts';
import { type ContextSource, contextReader } from './contextVariables.ts';

/** Fills a template for one request. */
export type Template = (source: ContextSource) => string;

/** What a variable becomes in the result; `value` is `undefined` where the variable has none. */
export type WriteVariable = (value: string | undefined, name: string) => string;

/** What templates are compiled for. */
export interface TemplateScope {
  readonly api: RestApiModel;
  readonly account: string;
}

const VARIABLE = /\$(context|stageVariables)\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)/g;

/** Compiles a template: variables are found once, and read for each request. */
export function compileTemplate(template: string, scope: TemplateScope, write: WriteVariable): Template {
  const parts: (string | Template)[] = [];
  let at = 0;
  for (const match of template.matchAll(VARIABLE)) {
    parts.push(template.slice(at, match.index), compileVariable(match[1] ?? '', match[2] ?? '', scope, write));
    at = match.index + match[0].length;
  }
  parts.push(template.slice(at));
  return (source) => {
    let filled = '';
    for (const part of parts) filled += typeof part === 'string' ? part : part(source);
    return filled;
  };
}

function compileVariable(kind: string, name: string, { api, account }: TemplateScope, write: WriteVariable): Template {
  if (kind === 'context') {
    const read = contextReader(name, api, account);
    return (source) => write(read(source), name);
  }
  const fixed = write(api.stage.variables[name], name);
  return () => fixed;
}

/** Compiles a header's value: `'static text'`, `context.…`, `stageVariables.…`, or a part of the request, `method.request.…`. */
export function compileHeader(value: string, scope: TemplateScope): Template {
  const fixed = /^'(.*)'$/s.exec(value)?.[1];
  if (fixed !== undefined) return () => headerSafe(fixed);
  if (/^(?:context|stageVariables)\./.test(value)) {
    return compileTemplate(`$${value}`, scope, (found = '') => headerSafe(found));
  }
  const [, location, name = ''] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(value) ?? [];
  return ({ state: { request, pathParameters } }) => {
    if (location === 'header') return headerSafe(request.headers[name.toLowerCase()]?.[0] ?? '');
    return headerSafe((location === 'path' ? pathParameters[name] : request.query[name]?.[0]) ?? '');
  };
}

/**
 * Compiles a body. Values are inserted as they are, except `error.validationErrorString`, which is escaped as in a JSON
 * string; `error.messageString` already has its quotes.
 */
export function compileBody(template: string, scope: TemplateScope): Template {
  return compileTemplate(template, scope, (value = '', name) =>
    name === 'error.validationErrorString' ? JSON.stringify(value).slice(1, -1) : value,
  );
}

/** A value that came from the request must not end the header (RFC 9110, section 5.5). */
function headerSafe(value: string): string {
  return value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
}
