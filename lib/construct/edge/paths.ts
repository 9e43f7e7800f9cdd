import { servedMethods } from '../../../lambdas/shared/servedMethods.ts';
import type { Route } from '../../definition/api.ts';
import type { Statement } from './rules.ts';

/** Characters of a pattern that WAF takes: https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
const LONGEST_PATTERN = 512;
/** Applied before a path is compared, as API Gateway does: `/%6Cogin` and `//login` are `/login`. */
const NORMALIZED = ['URL_DECODE', 'NORMALIZE_PATH'].map((type, priority) => ({ priority, type }));
const UNCHANGED = [{ priority: 0, type: 'NONE' }];

/**
 * Matches requests to routes, by method and path. On the `execute-api` address the path begins with the name of the stage.
 */
export function routesStatement(routes: readonly Route[], stageName: string): Statement {
  const byMethod = Map.groupBy(routes, ({ method }) => method);
  const statements = [...byMethod].flatMap(([method, own]) =>
    patternsOf(own, stageName).map((pattern) => all([methodStatement(servedMethods(method)), pathStatement(pattern)])),
  );
  return any(statements);
}

/** Matches requests by method. */
export function methodStatement(methods: readonly string[]): Statement {
  return {
    regexMatchStatement: {
      regexString: `^(${methods.join('|')})$`,
      fieldToMatch: { method: {} },
      textTransformations: UNCHANGED,
    },
  };
}

/** Matches when all statements match; WAF accepts no list of one. */
export function all(statements: readonly Statement[]): Statement {
  const [only] = statements;
  return statements.length === 1 && only !== undefined ? only : { andStatement: { statements: [...statements] } };
}

/** Matches when one of the statements matches. */
export function any(statements: readonly Statement[]): Statement {
  const [only] = statements;
  return statements.length === 1 && only !== undefined ? only : { orStatement: { statements: [...statements] } };
}

function pathStatement(regexString: string): Statement {
  return { regexMatchStatement: { regexString, fieldToMatch: { uriPath: {} }, textTransformations: NORMALIZED } };
}

/** As many paths in a pattern as it holds. */
function patternsOf(routes: readonly Route[], stageName: string): readonly string[] {
  const around = (paths: readonly string[]) => `^(/${stageName})?(${paths.join('|')})/?$`;
  const patterns: string[][] = [];
  for (const { path } of routes) {
    const last = patterns.at(-1);
    const own = pathPattern(path);
    if (last !== undefined && around([...last, own]).length <= LONGEST_PATTERN) last.push(own);
    else patterns.push([own]);
  }
  return patterns.map(around);
}

/** `/documents/{id}` → `/documents/[^/]+`. Other special characters of a pattern are escaped. */
function pathPattern(path: string): string {
  const segments = path.split('/').map((segment) => {
    if (segment.startsWith('{')) return '[^/]+';
    return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return path === '/' ? '' : segments.join('/');
}
