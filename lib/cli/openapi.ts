import { Command } from 'commander';
import { checkProblemTypeBase, type GatewayGap, gatewayGaps, publicOpenApi } from '../openapi/index.ts';
import { DEFINITION_OPTION, loadDefinition } from './loadDefinition.ts';
import { withExamples } from './options.ts';
import { print } from './output.ts';

/** `secure-api openapi`: the public OpenAPI 3.1 document, or the rules of it that API Gateway cannot check. */
export function openapiCommand(): Command {
  const command = new Command('openapi')
    .description('print the OpenAPI 3.1 document of the definition, or the rules that only the functions check')
    .option(...DEFINITION_OPTION)
    .option('--gaps', 'list each rule that only the function checks, with its location and the reason')
    .option('--problem-type-base <url>', 'base URL of the pages of problem types, as in the prop problemTypeBase')
    .option('--json', 'print gaps and errors as JSON too; the document always is')
    .action(async (options: { definition?: string; problemTypeBase?: string; gaps?: true; json?: true }) => {
      const api = await loadDefinition(options.definition);
      const base = options.problemTypeBase;
      const problemTypeBase = base === undefined ? undefined : checkProblemTypeBase(base, '--problem-type-base');
      if (options.gaps !== true) print(JSON.stringify(publicOpenApi(api, { problemTypeBase }), null, 2));
      else if (options.json === true) print(JSON.stringify(gatewayGaps(api), null, 2));
      else print(gapLines(gatewayGaps(api)));
    });
  return withExamples(
    command,
    'secure-api openapi --definition lambdas/documents/api.ts > openapi.json',
    'secure-api openapi --gaps',
  );
}

/** One gap a line, location first, so that lines can be sorted and compared. */
function gapLines(gaps: readonly GatewayGap[]): string {
  const head = `${gaps.length} rules are checked only by the functions`;
  const longest = Math.max(0, ...gaps.map(({ location, keyword }) => location.length + keyword.length + 1));
  const lines = gaps.map(({ location, keyword, reason }) => `${`${location} ${keyword}`.padEnd(longest)}  ${reason}`);
  return [head, ...lines].join('\n');
}
