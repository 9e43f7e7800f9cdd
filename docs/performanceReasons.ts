/**
 * Where the time or the memory of a measurement goes, by the start of the names of its rows. The page shows it for rows that miss their target.
 * The first entry that fits counts.
 */
const REASONS: readonly (readonly [string, string])[] = [
  [
    'authorizer, first response',
    'A fresh process loads and compiles the bundle, then reads keys over TLS and the secret. The handshake and the code of the verifiers are most of it.',
  ],
  [
    'authorizer, distinct',
    'Each token is verified once with ES256, which alone is a third of the time of an empty function. The rest is decoding, claims, the policy document, the log line and the metrics.',
  ],
  [
    'authorizer, one ES256 token',
    'The signature of a token is verified once. Claims, expiry, policy, log line and metrics are checked and written for each request.',
  ],
  [
    'authorizer, 50 roles',
    'A set of roles that was not seen before has its own policy document, which is compiled from the routes of all its roles.',
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
    'Strict JSON, validation of request and response, headers, the log line and the metrics of each request.',
  ],
  [
    'bundle of',
    'Logger, metrics and middleware engine, and in the authorizer the verifiers of all kinds of tokens, are libraries.',
  ],
  [
    'pipeline',
    'The peer validates nothing, logs nothing and counts nothing. The log line and the metrics of ours are about half of a call.',
  ],
  ['growth', 'The cost of a request depends on the number of routes where a list is searched instead of an index.'],
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
    'A request passes the web ACL, the throttles, the router, the validation, a worker with the function, the access log and the metrics, all of which the bare server does not have.',
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
