import { ALLOW_ORIGIN, allowedOrigin, type CorsPolicy, commonCorsHeaders } from '../shared/cors.ts';
import type { HandlerEnvironment, Readable } from '../shared/wireContract.ts';
import { headerValues, type ProxyEvent, type ProxyResult } from './event.ts';

/** Adds the headers to a response that let a page of another origin read it. */
export type AddCors = (event: ProxyEvent, result: ProxyResult) => ProxyResult;

/** Headers of the Fetch Standard that only the policy of the API decides on. */
const DECIDED = 'access-control-';
const VARY = 'vary';

/**
 * Reads the policy of the API from the environment. Only functions of APIs with the prop `cors` have it in their bundle.
 *
 * What a handler sends under `Access-Control-…` is removed: a handler that reflects the origin of the request would open the API
 * to every page. Its `Vary` is kept, and `Origin` added.
 */
export function crossOrigin(environment: Readable<HandlerEnvironment>): AddCors {
  const policy = JSON.parse(environment.SECURE_API_CORS ?? '') as CorsPolicy;
  const common = Object.entries(commonCorsHeaders(policy)).map(([name, value]) => [name.toLowerCase(), value] as const);
  const { [VARY]: vary, ...headers } = Object.fromEntries(common);
  return (event, result) => {
    const origin = allowedOrigin(policy, headerValues(event, 'origin'));
    const { multiValueHeaders = {}, ...rest } = result;
    const many = Object.entries(multiValueHeaders).filter(isKept);
    return {
      ...rest,
      headers: {
        ...Object.fromEntries(Object.entries(result.headers).filter(isKept)),
        ...headers,
        ...(origin === undefined ? {} : { [ALLOW_ORIGIN.toLowerCase()]: origin }),
        ...varyOf(result, vary),
      },
      ...(many.length === 0 ? {} : { multiValueHeaders: Object.fromEntries(many) }),
    };
  };
}

function isKept([name]: readonly [string, unknown]): boolean {
  const lower = name.toLowerCase();
  return !lower.startsWith(DECIDED) && lower !== VARY;
}

/** The names that the response varies by, each once; `*` contains all of them (RFC 9110, section 12.5.5). */
function varyOf(
  { headers, multiValueHeaders = {} }: ProxyResult,
  own: string | undefined,
): Readonly<Record<string, string>> {
  const sent = [...Object.entries(headers), ...Object.entries(multiValueHeaders)]
    .filter(([name]) => name.toLowerCase() === VARY)
    .flatMap(([, values]) => [values].flat())
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (sent.includes('*')) return { [VARY]: '*' };
  const names = new Map([...sent, ...(own === undefined ? [] : [own])].map((name) => [name.toLowerCase(), name]));
  return names.size === 0 ? {} : { [VARY]: [...names.values()].join(', ') };
}
