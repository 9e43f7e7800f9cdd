/**
 * Where the time or the memory of a measurement goes, by the start of the names of its rows. The page shows it for rows that miss their target, and how
 * much they miss it by comes from the rows: a reason says what holds for each run. The first entry that fits counts.
 */
export const REASONS: readonly (readonly [string, string])[] = [
  [
    'authorizer, first response, keys in the bundle',
    'A fresh process loads and compiles the bundle and the modules of Node that it uses, reads the secret, and runs all code for the first time.',
  ],
  [
    'authorizer, first response, deny list',
    'As the row with keys and secret, and it reads the deny list and the record of the client before it responds.',
  ],
  [
    'authorizer, first response',
    'A fresh process loads and compiles the bundle and the modules of Node that it uses, and runs all code for the first time. The row of the floor makes the same two requests without any code of this project: the difference between both is ours.',
  ],
  [
    'authorizer, distinct',
    'Each token has a signature that was not verified before: the row of the floor verifies it and does nothing else. What is between both is decoding, claims, policy, log line and metrics, and that a processor whose caches are filled with other code runs them slowly ([ADR 71](adr/0071-what-a-new-token-costs.md)).',
  ],
  [
    'authorizer, one ES256 token',
    'The signature of a token that repeats is verified twice, and what its claims determine is computed twice ([ADR 64](adr/0064-what-a-token-determines.md)). For each request, times, keys, deny list, client and binding are checked, and the decision is logged and counted. Much of the time of both sides is the Runtime API.',
  ],
  [
    'authorizer, 100 roles',
    'A token of fifty roles is long: it is decoded and its roles are sorted, and a policy document is compiled for each new set of them.',
  ],
  [
    'authorizer, 50 roles',
    'A set of roles that was not seen before has its own policy document, compiled from the routes of all its roles ([ADR 76](adr/0076-sets-of-operations.md)); it is almost as long as API Gateway allows, and is written and sent.',
  ],
  [
    'floor',
    'This function has no code of this project: what it takes beyond the target, no authorizer on this machine can avoid.',
  ],
  [
    'handler, first response',
    'A fresh process loads and compiles the bundle of its function, with middleware engine, validators and what writes log lines and metrics, and runs all code that the request needs for the first time ([ADR 72](adr/0072-what-a-start-compiles.md)). The search for secrets and Powertools are loaded only by requests that need them ([ADR 77](adr/0077-loaded-on-demand.md)).',
  ],
  [
    'handler, POST',
    'The body is parsed strictly and validated, the permission is checked, the response is validated, and the request is logged and counted. Between invocations the code leaves the caches of the processor ([ADR 73](adr/0073-objects-of-a-request.md)).',
  ],
  [
    'bundle of the authorizer for issuers of all kinds with',
    'What is loaded on demand is the search for secrets in logged strings ([ADR 77](adr/0077-loaded-on-demand.md)). The largest other parts decode and check tokens, check keys and proofs, and write policies.',
  ],
  [
    'bundle of GET /health with',
    'What is loaded on demand is Powertools and the search for secrets in logged strings ([ADR 77](adr/0077-loaded-on-demand.md)). The largest other parts are our pipeline, what writes log lines and metrics, and Middy.',
  ],
  [
    'bundle of the authorizer',
    'The largest parts decode and check tokens, check keys, and write policies; with issuers of all kinds, proofs, introspection and shared secrets are there, too ([ADR 81](adr/0081-what-a-bundle-holds.md)).',
  ],
  ['bundle of', 'The largest parts are our pipeline, what writes log lines and metrics, and Middy.'],
  [
    'pipeline',
    'The peer validates nothing, logs nothing and counts nothing. The largest parts of ours are garbage, the log line, the middleware engine and the trace id.',
  ],
  ['growth from 1 to', 'The tables of more clients fit the caches of the processor worse.'],
  [
    'growth from 10 to 1,000 routes: authorizer',
    'The response has the policy of all routes of the caller, which is many times longer in the API of 1,000 routes, and is written and sent for each token.',
  ],
  [
    'growth',
    'A request is matched with the routes of its API, of which a larger API has more; tables that are larger fit the caches of the processor worse.',
  ],
  [
    'cdk synth',
    'Much of the time of both sides is the CDK: it is loaded, and the WebAssembly of its validation is compiled. The validation takes longer for our template, mostly for alarms and for the body of the API ([ADR 79](adr/0079-what-a-synth-does-once.md)).',
  ],
  [
    'synth',
    'The CDK renders and validates a template with alarms, dashboard and web ACL, which the peer does not have; its validation is the largest part of a repeated synth. In a first synth, esbuild bundles the functions and ajv compiles the validators as well.',
  ],
  [
    'dev: warm start',
    'Node starts three times, loads the CDK, synthesizes the app, and starts the services of the local gateway, most of which is running their code for the first time.',
  ],
  ['reload', 'The app is synthesized again where a definition or a stack changes; esbuild is one part of it.'],
  [
    'local gateway',
    'Each request wakes the worker of a function, which is another thread, and passes web ACL, throttles, validation, access log and metrics. The bare server does nothing of that.',
  ],
  [
    'memory',
    'Each function runs in a worker with its own heap, as an instance does on Lambda, and the services that the stack uses run beside them.',
  ],
  ['source maps', 'Node reads the map at start, whether or not an error follows ([ADR 37](adr/0037-source-maps.md)).'],
  ['validators of a route', 'The largest validator of the sample has the patterns and formats of its schemas.'],
  ['validate an order', 'Both sides check the same values.'],
  ['load a validator', 'A compiled validator is loaded as code; a schema library builds its schemas at start.'],
  ['simulate', 'The simulation counts each request in all limits.'],
  ['first hour', '`npm install` downloads and unpacks the CDK, which is most of the time.'],
];

/** @throws if no entry fits, because the page must explain each miss. */
export function reasonOf(name: string): string {
  const found = REASONS.find(([start]) => name.startsWith(start));
  if (found === undefined) throw new Error(`docs/performanceReasons.ts has no entry for the row "${name}"`);
  return found[1];
}
