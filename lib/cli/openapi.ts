import { Command } from 'commander';
import { publicOpenApi } from '../openapi/index.ts';
import { DEFINITION_OPTION, loadDefinition } from './definition.ts';
import { print } from './output.ts';

/** `secure-api openapi`: the OpenAPI 3.1 document for people and clients. */
export function openapiCommand(): Command {
  return new Command('openapi')
    .description('print the OpenAPI 3.1 document of the definition')
    .option(...DEFINITION_OPTION)
    .option('--json', 'the document is JSON in any case; errors become JSON too')
    .addHelpText('after', '\nExample:\n  $ secure-api openapi --definition lambdas/documents/api.ts > openapi.json')
    .action(async (options: { definition?: string }) => {
      print(JSON.stringify(publicOpenApi(await loadDefinition(options.definition)), null, 2));
    });
}
