import { ALLOW_ORIGIN, ANY_ORIGIN, fixedOrigin } from '../../lambdas/shared/cors.ts';
import { NOT_CACHED, securityHeaders, TRACE_REQUEST_HEADERS } from '../../lambdas/shared/httpHeaders.ts';
import { hasCaller } from '../definition/access.ts';
import type { Route } from '../definition/api.ts';
import { type CorsBinding, onceEach } from './cors.ts';
import type { Json } from './json.ts';
import { mockOperation } from './mockOperation.ts';

/** What the preflight of a path depends on. */
export interface PreflightParts {
  readonly cors: CorsBinding;
  /** Methods of the path, in upper case. */
  readonly methods: readonly string[];
  /** Whether clients send proofs of possession (RFC 9449). */
  readonly dpop: boolean;
  /** Adds `preload` to Strict-Transport-Security. */
  readonly hstsPreload?: boolean;
}

const VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/**
 * The `OPTIONS` operation of a path.
 *
 * With one origin its headers are fixed. With several, a template compares the origin of the request with each of the list, and
 * sends the one that is equal; other origins get none. It writes no body, and only constants into the header. A client of
 * HTTP/2 sends names in lower case, and API Gateway keeps them so.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
 */
export function preflightOperation(routes: readonly Route[], parts: PreflightParts): Json {
  return mockOperation({
    status: 204,
    headers: preflightHeaders(routes, parts),
    templateHeaders: [ALLOW_ORIGIN],
    template: originTemplate(parts.cors),
  });
}

function preflightHeaders(
  routes: readonly Route[],
  { cors, methods, dpop, hstsPreload }: PreflightParts,
): Readonly<Record<string, string>> {
  const fixed = fixedOrigin(cors);
  const allowed = allowedHeaders(routes, cors, dpop);
  return {
    ...(fixed === undefined ? {} : { [ALLOW_ORIGIN]: fixed }),
    ...(cors.credentials ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': allowed.join(', '),
    'Access-Control-Max-Age': String(cors.maxAgeSeconds),
    ...securityHeaders({ hstsPreload }),
    ...NOT_CACHED,
    ...(fixed === ANY_ORIGIN ? {} : { Vary: VARY }),
  };
}

/** The request headers that pages are allowed to send to the routes of a path. `Accept` and languages need no permission. */
function allowedHeaders(routes: readonly Route[], { allowHeaders }: CorsBinding, dpop: boolean): readonly string[] {
  const authenticated = routes.some(({ access }) => hasCaller(access));
  const sendsBody = routes.some(({ method }) => ['POST', 'PUT', 'PATCH'].includes(method));
  return onceEach([
    ...(authenticated ? ['Authorization', ...(dpop ? ['DPoP'] : [])] : []),
    ...(sendsBody ? ['Content-Type'] : []),
    ...routes.flatMap(({ request }) => Object.keys(request.headers?.properties ?? {})),
    ...TRACE_REQUEST_HEADERS,
    ...allowHeaders,
  ]);
}

/** VTL without a character between its directives: what is between them would be the body. Origins contain nothing to escape. */
function originTemplate(cors: CorsBinding): string {
  if (fixedOrigin(cors) !== undefined) return '';
  const branches = cors.origins.map((origin, i) => {
    const isSent = ['Origin', 'origin'].map((name) => `$headers.get("${name}") == "${origin}"`).join(' || ');
    return `#${i === 0 ? 'if' : 'elseif'}(${isSent})#set($context.responseOverride.header.${ALLOW_ORIGIN} = "${origin}")`;
  });
  return `#set($headers = $input.params().header)${branches.join('')}#end`;
}
