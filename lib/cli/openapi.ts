import { Command } from 'commander';
import { checkProblemTypeBase, type GatewayGap, gatewayGaps, publicOpenApi } from '../openapi/index.ts';
import { DEFINITION_OPTION, loadDefinition } from './definition.ts';
import { print } from './output.ts';

/** `secure-api openapi`: the OpenAPI 3.1 document for people and clients, or what its gateway cannot check of it. */
export function openapiCommand(): Command {
  return new Command('openapi')
    .description('print the OpenAPI 3.1 document of the definition, or what only the functions check of it')
    .option(...DEFINITION_OPTION)
    .option('--gaps', 'list each rule that API Gateway cannot check and the function does, with its place and reason')
    .option('--problem-type-base <url>', 'where the pages of problem types are, as the prop problemTypeBase says')
    .option('--json', 'the document is JSON in any case; gaps and errors become JSON too')
    .addHelpText(
      'after',
      '\nExamples:\n  $ secure-api openapi --definition lambdas/documents/api.ts > openapi.json\n  $ secure-api openapi --gaps',
    )
    .action(async (options: { definition?: string; problemTypeBase?: string; gaps?: true; json?: true }) => {
      const api = await loadDefinition(options.definition);
      const base = options.problemTypeBase;
      const problemTypeBase = base && checkProblemTypeBase(base, '--problem-type-base');
      if (options.gaps !== true) print(JSON.stringify(publicOpenApi(api, { problemTypeBase }), null, 2));
      else if (options.json === true) print(JSON.stringify(gatewayGaps(api), null, 2));
      else print(gapText(gatewayGaps(api)));
    });
}

/** One gap a line, places first, so that they can be sorted and compared. */
function gapText(gaps: readonly GatewayGap[]): string {
  const head = `${gaps.length} rules are checked by the functions alone`;
  const longest = Math.max(0, ...gaps.map(({ location, keyword }) => location.length + keyword.length + 1));
  const lines = gaps.map(({ location, keyword, reason }) => `${`${location} ${keyword}`.padEnd(longest)}  ${reason}`);
  return [head, ...lines].join('\n');
}
