import { neededGrants } from '../../../lambdas/shared/grants.ts';
import { accessPolicy } from '../../access/index.ts';
import type { Api } from '../../definition/api.ts';

/** A template has at most 1 MB, and a reader little patience; a query has 10,000 characters. */
const MOST_CHARACTERS = 1_500;

/**
 * Lines of comment for a query of Logs Insights: which routes need which permission or scope. The access log has the route and the roles of
 * a caller; a query cannot look up the rest.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function accessComments(api: Api): readonly string[] {
  const routesBy = new Map<string, string[]>();
  for (const { method, path, access } of accessPolicy(api).routes) {
    const needs = neededGrants(access);
    if (needs !== undefined) routesBy.set(needs, [...(routesBy.get(needs) ?? []), `${method} ${path}`]);
  }
  const all = [...routesBy].map(([needs, routes]) => `# ${needs}: ${routes.join(', ')}`);
  const lines: string[] = [];
  let left = MOST_CHARACTERS;
  for (const line of all) {
    if (line.length + 1 > left) return [...lines, '# More: npx secure-api access matrix'];
    left -= line.length + 1;
    lines.push(line);
  }
  return lines;
}
