/**
 * Where the time or the memory of a measurement goes, by the start of the names of its rows. The page shows it for rows that miss their target.
 * The first entry that fits counts.
 */
const REASONS: readonly (readonly [string, string])[] = [
  [
    'authorizer, first response',
    'The floor below it makes the same two requests over node:https without any code of this project, and adds a tenth of it. What remains is loading and compiling the bundle and the modules of Node that it uses, and running code for the first time.',
  ],
  [
    'authorizer, distinct',
    'The floor below it verifies the signature alone: more than twice the time of an empty function on this machine. In a profile of new tokens, ES256 is half of the processor time in the bundle, decoding 6 %, log line and output 6 %, trace headers 7 %, garbage 6 %; half of the time of the process is the Runtime API.',
  ],
  [
    'authorizer, one ES256 token',
    'The signature is verified once, and all else is done for each request. In a profile, 30 % of the processor time of the process is in the bundle: of that, a quarter for garbage, a fifth for log line and output, an eighth for trace headers, and no other file has more than 4 %.',
  ],
  [
    'authorizer, 100 roles',
    'Fifty roles are decoded, and a policy document of up to 8 KB is compiled for each new set of them.',
  ],
  [
    'authorizer, 50 roles',
    'A set of roles that was not seen before has its own policy document, compiled from the routes of all its roles: 8.6 KB of the response, almost the maximum of API Gateway.',
  ],
  [
    'floor',
    'This function has no code of this project: what it takes beyond the target, no authorizer on this machine can avoid.',
  ],
  [
    'handler, first response',
    'A fresh process loads and compiles the middleware engine, logger, metrics and the validators of all routes of its function.',
  ],
  [
    'handler, POST',
    'In a profile, a third of the processor time of the process is in the bundle; of that, a fifth for log line and metrics, a sixth for pipeline and middleware engine, a ninth for garbage, a tenth for trace headers, 4 % for the two validators.',
  ],
  [
    'bundle of',
    'Of the authorizer of the sample, 24 KB find secrets in what is logged, 17 KB decode and check tokens, 14 KB are jose (DPoP and keys), 9 KB write policies, 4 KB check bindings, and the rest is our logic and the definition. Of a handler, 32 KB are Powertools, 24 KB find secrets, 5 KB are Middy, and the rest is our pipeline.',
  ],
  [
    'pipeline',
    'The peer validates nothing, logs nothing and counts nothing. In a profile of the same function under the Runtime API, log line and metrics are a fifth of the time in the bundle, pipeline and middleware engine a sixth, garbage a ninth, trace headers a tenth.',
  ],
  [
    'growth from 1 to',
    'The tables of a larger number of clients fit the caches of the processor worse. No other part of a request depends on how many clients there are.',
  ],
  [
    'growth',
    'The response of the authorizer has the policy of all routes of the caller: 8.6 KB in the API of 1,000 routes, 0.6 KB in that of 10, which are written and sent for each token. Handlers and the gateway were not profiled at both sizes.',
  ],
  [
    'synth',
    'esbuild bundles the functions, ajv compiles the validators, and the CDK renders and validates a template with alarms, dashboard and web ACL, which the peer does not have.',
  ],
  [
    'dev: warm start',
    'Node starts twice, loads the CDK, synthesizes the app, and starts the services of the local gateway.',
  ],
  ['reload', 'The app is synthesized again where a definition or a stack changes; esbuild is one part of it.'],
  [
    'local gateway',
    'In a profile, waking the worker of a function (`postMessage`) and writing to sockets are about 40 % of the main thread. The bare server has neither worker, nor web ACL, throttles, validation, access log and metrics.',
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
