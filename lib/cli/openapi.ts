import { Command } from 'commander';
import { formatValue } from '../definition/checks/check.ts';
import { hasQueryOrFragment, unambiguousUrl } from '../definition/discoveredIssuer.ts';
import { checkProblemTypeBase, type GatewayGap, gatewayGaps, publicOpenApi, serverOf } from '../openapi/index.ts';
import { DEFINITION_OPTION, loadDefinition } from './loadDefinition.ts';
import { type DeploymentSelection, documentDeployment } from './openapiDeployment.ts';
import { invalidOption, withExamples } from './options.ts';
import { print } from './output.ts';

interface OpenApiCommandOptions extends DeploymentSelection {
  readonly definition?: string;
  readonly problemTypeBase?: string;
  readonly server: readonly string[];
  readonly issuer: readonly string[];
  readonly gaps?: true;
  readonly json?: true;
}

/** `secure-api openapi`: the public OpenAPI 3.1 document, or the rules of it that API Gateway cannot check. */
export function openapiCommand(): Command {
  const command = new Command('openapi')
    .description('print the OpenAPI 3.1 document of the definition, or the rules that only the functions check')
    .option(...DEFINITION_OPTION)
    .option('--gaps', 'list each rule that only the function checks, with its location and the reason')
    .option('--server <url...>', 'URL of the API, with its stage or base path; repeat it for several', [])
    .option('--issuer <url...>', 'issuer of tokens with a discovery document; repeat it for several', [])
    .option('--assembly <dir>', 'read servers and issuers from this cloud assembly')
    .option('--stack <name>', 'read them from this deployed stack, or select a stack of the assembly')
    .option('--api <name>', 'name of the API, when the stack has several')
    .option('--region <region>', 'AWS region of the stack (default: that of the app or of the AWS configuration)')
    .option('--problem-type-base <url>', 'base URL of the pages of problem types, as in the prop problemTypeBase')
    .option('--json', 'print gaps and errors as JSON too; the document always is')
    .action(async (options: OpenApiCommandOptions) => {
      const api = await loadDefinition(options.definition);
      if (options.gaps === true) {
        print(options.json === true ? JSON.stringify(gatewayGaps(api), null, 2) : gapLines(gatewayGaps(api)));
        return;
      }
      const base = options.problemTypeBase;
      const problemTypeBase = base === undefined ? undefined : checkProblemTypeBase(base, '--problem-type-base');
      const given = options.server.map((url) => serverOf(url, '--server'));
      const named = options.issuer.map((issuer) => ({ issuer: checkIssuer(issuer) }));
      const deployment = await documentDeployment(options);
      // What is written on the command line replaces what a stack says.
      const servers = given.length > 0 ? given : deployment.servers;
      const issuers = named.length > 0 ? named : deployment.issuers;
      print(JSON.stringify(publicOpenApi(api, { problemTypeBase, servers, issuers }), null, 2));
    });
  return withExamples(
    command,
    'secure-api openapi --definition lambdas/documents/api.ts > openapi.json',
    'secure-api openapi --server https://api.example.com --issuer https://login.example.com',
    'secure-api openapi --assembly cdk.out',
    'secure-api openapi --stack Documents --region eu-central-1',
    'secure-api openapi --gaps',
  );
}

function checkIssuer(issuer: string): string {
  if (unambiguousUrl(issuer)?.protocol === 'https:' && !hasQueryOrFragment(issuer)) return issuer;
  throw invalidOption({
    location: '--issuer',
    found: formatValue(issuer),
    expected: 'the https URL of an issuer, as in the claim iss',
    fix: 'Write the issuer as your provider documents it, without /.well-known.',
  });
}

/** One gap a line, location first, so that lines can be sorted and compared. */
function gapLines(gaps: readonly GatewayGap[]): string {
  const head = `${gaps.length} rules are checked only by the functions`;
  const longest = Math.max(0, ...gaps.map(({ location, keyword }) => location.length + keyword.length + 1));
  const lines = gaps.map(({ location, keyword, reason }) => `${`${location} ${keyword}`.padEnd(longest)}  ${reason}`);
  return [head, ...lines].join('\n');
}
