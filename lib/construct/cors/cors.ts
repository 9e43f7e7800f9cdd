import { ANY_ORIGIN } from '../../../lambdas/shared/cors.ts';
import type { Api } from '../../definition/api.ts';
import { formatValue } from '../../definition/checks/check.ts';
import { ConfigError, type ConfigFault } from '../../definition/errors.ts';
import { type CorsBinding, exposedHeaders } from '../../openapi/index.ts';
import { type EntryFault, requestHeaderFault, responseHeaderFault } from './headerNames.ts';
import { originFault } from './origin.ts';

/**
 * Which pages of other origins browsers let call the API. It protects people who visit a page, not the API: other clients do not
 * look at these headers.
 */
export interface CorsProps {
  /**
   * Origins in the spelling in which browsers send them: `https://`, the host, and the port if it is not 443; or `http://` and a
   * loopback host. At least one, at most 10. `'*'` alone allows every page, without credentials: the API is then as open to pages
   * as it is to other programs, which need a token too.
   *
   * With one origin every response has it. With several, responses that the web ACL itself sends have the first: list the most
   * important origin first.
   */
  readonly origins: readonly string[];
  /**
   * Whether browsers send cookies, and let pages read the response. Tokens in `Authorization` do not need it.
   * @default - cookies are not sent
   */
  readonly credentials?: boolean;
  /** Seconds that browsers keep the result of a preflight, 0–86,400. @default - two hours, the longest of Chromium */
  readonly maxAgeSeconds?: number;
  /** Request headers besides those that the routes read, such as `X-Request-Id`, at most 50. @default - no other header */
  readonly allowHeaders?: readonly string[];
  /**
   * Response headers that scripts can read besides those that the routes declare and the gateway adds, at most 50.
   * @default - no other header
   */
  readonly exposeHeaders?: readonly string[];
}

/** Each origin takes a rule of the web ACL where there are several. */
const MOST_ORIGINS = 10;
const MOST_HEADERS = 50;
/** https://chromium.googlesource.com/chromium/src/+/main/services/network/public/cpp/cors/preflight_result.cc */
const DEFAULT_MAX_AGE_SECONDS = 7_200;

/**
 * Checks the prop `cors`, whose kinds of values are known to be right, and fills in its defaults.
 *
 * @throws {ConfigError} `cors-invalid`, with every fault at once.
 */
export function corsOf(api: Api, props: CorsProps | undefined): CorsBinding | undefined {
  if (props === undefined) return undefined;
  const { origins, credentials = false, allowHeaders = [], exposeHeaders = [] } = props;
  const [first, ...others] = [
    ...listFaults('origins', origins, { most: MOST_ORIGINS, least: 1, faultOf: originFault }),
    ...wildcardFaults(origins, credentials),
    ...listFaults('allowHeaders', allowHeaders, { most: MOST_HEADERS, faultOf: requestHeaderFault }),
    ...listFaults('exposeHeaders', exposeHeaders, { most: MOST_HEADERS, faultOf: responseHeaderFault }),
    ...declaredFaults(api),
  ].map((fault): ConfigFault => ({ code: 'cors-invalid', ...fault }));
  if (first !== undefined) throw new ConfigError(first, ...others);
  return {
    origins,
    credentials,
    maxAgeSeconds: props.maxAgeSeconds ?? DEFAULT_MAX_AGE_SECONDS,
    allowHeaders,
    exposeHeaders: exposedHeaders(api, exposeHeaders),
  };
}

type Fault = EntryFault & { readonly location: string };

function listFaults(
  name: string,
  entries: readonly string[],
  rules: {
    readonly most: number;
    readonly least?: number;
    readonly faultOf: (entry: string) => EntryFault | undefined;
  },
): readonly Fault[] {
  const { most, least = 0, faultOf } = rules;
  const location = `cors.${name}`;
  const known = new Map<string, number>();
  const faults = entries.flatMap((entry, i) => {
    const at = `${location}.${i}`;
    // Names of headers have no case.
    const earlier = known.get(entry.toLowerCase());
    known.set(entry.toLowerCase(), i);
    const own = faultOf(entry);
    if (own !== undefined) return [{ location: at, ...own }];
    if (earlier === undefined) return [];
    const expected = 'each entry once';
    return [
      {
        location: at,
        found: `${formatValue(entry)} again`,
        expected,
        fix: `Remove it: ${location}.${earlier} is the same.`,
      },
    ];
  });
  if (entries.length >= least && entries.length <= most) return faults;
  const found = entries.length === 0 ? 'an empty list' : `${entries.length} entries`;
  const fix =
    entries.length === 0 ? 'List the origins of your pages, or leave cors out.' : 'Split the API, or list fewer.';
  return [...faults, { location, found, expected: `${least} to ${most} entries`, fix }];
}

function wildcardFaults(origins: readonly string[], credentials: boolean): readonly Fault[] {
  if (!origins.includes(ANY_ORIGIN)) return [];
  const location = 'cors.origins';
  const beside = { location, found: '"*" beside other origins', expected: '"*" alone, or origins' };
  const withCookies = { location, found: '"*" with credentials', expected: 'origins, each by its name' };
  return [
    ...(origins.length > 1 ? [{ ...beside, fix: 'Remove "*", or the origins that it includes.' }] : []),
    ...(credentials
      ? [{ ...withCookies, fix: 'List the origins: any page could act with the cookies of its visitors.' }]
      : []),
  ];
}

/** A handler cannot send what the prop decides. */
function declaredFaults({ routes }: Api): readonly Fault[] {
  return Object.values(routes).flatMap(({ id, responses }) =>
    responses.flatMap(({ status, headers }) =>
      Object.keys(headers)
        .filter((name) => name.toLowerCase().startsWith('access-control-'))
        .map((name) => ({
          location: `routes.${id}.responses.${status}.headers.${name}`,
          found: 'a header that the prop cors decides on',
          expected: 'no Access-Control header',
          fix: 'Remove it from the route: the function would not send it.',
        })),
    ),
  );
}
