/** The expressions of headers and the templates of bodies, as gateway responses and mock integrations write them. */
import type { RestApiModel } from '../assembly/model.ts';
import { compileTemplate, type Template } from './template.ts';

/** What expressions are compiled for. */
export interface ExpressionScope {
  readonly api: RestApiModel;
  readonly account: string;
}

/** A header's value: `'static text'`, `context.…`, `stageVariables.…`, or `method.request.…`, a part of the request. */
export function compileHeader(value: string, { api, account }: ExpressionScope): Template {
  const fixed = /^'(.*)'$/s.exec(value)?.[1];
  if (fixed !== undefined) return () => headerSafe(fixed);
  if (/^(?:context|stageVariables)\./.test(value)) {
    return compileTemplate(`$${value}`, api, account, (found = '') => headerSafe(found));
  }
  const [, where, name = ''] = /^method\.request\.(header|querystring|path)\.(.+)$/.exec(value) ?? [];
  return ({ state: { request, pathParameters } }) => {
    if (where === 'header') return headerSafe(request.headers[name.toLowerCase()]?.[0] ?? '');
    return headerSafe((where === 'path' ? pathParameters[name] : request.query[name]?.[0]) ?? '');
  };
}

/**
 * A body. Values are put in as they are, but for two: `error.messageString` brings its quotes along, and of
 * `error.validationErrorString` the text is escaped as in a JSON text.
 */
export function compileBody(template: string, { api, account }: ExpressionScope): Template {
  return compileTemplate(template, api, account, (value = '', name) =>
    name === 'error.validationErrorString' ? JSON.stringify(value).slice(1, -1) : value,
  );
}

/** A value that came from the request must not end the header (RFC 9110, section 5.5). */
function headerSafe(value: string): string {
  return value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
}
