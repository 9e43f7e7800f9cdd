/**
 * Limits of the size and form of a request, whatever its schemas allow. Each is a whole number; set for a route, or for
 * all routes of an API (`input` of `defineApi`).
 */
export interface InputLimits {
  /** Bytes of the body. Default: 65,536, as much as WAF can inspect. */
  readonly maxBodyBytes: number;
  /** Levels of objects and lists in the body. Default: 32. */
  readonly maxDepth: number;
  /** Names in all objects of the body together. Default: 1,000. */
  readonly maxKeys: number;
  /** Characters of each string, names included. Default: 65,536. */
  readonly maxStringLength: number;
  /** Items of each list of the body. Default: 1,000. */
  readonly maxArrayItems: number;
  /** Bytes of all header names and values together, those that the gateway adds included. Default: 8,192. */
  readonly maxHeaderBytes: number;
  /** Bytes of path and query, the query counted decoded, as the function sees it. Default: 4,096. */
  readonly maxUrlBytes: number;
}

/**
 * What happens to text that is not in Normalization Form C (Unicode Standard Annex 15): it can look the same as another text
 * and not be equal to it.
 *
 * - `reject` (default): the request is rejected, so nothing is changed without the client's knowledge.
 * - `normalize`: every string of the request is normalized before it is validated.
 */
export type UnicodePolicy = 'reject' | 'normalize';

/**
 * What happens to cookies that no route of the API declares, in requests or responses. Browsers also send those of other programs on
 * the host or its parent domains.
 *
 * - `reject` (default): the request is rejected.
 * - `ignore`: handlers do not see them.
 */
export type CookiePolicy = 'reject' | 'ignore';

/** The limits and policies of a request, as routes and APIs set them. */
export interface InputRules extends InputLimits {
  readonly unicode: UnicodePolicy;
  readonly otherCookies: CookiePolicy;
}

/** Default, minimum and maximum of each limit. */
export const INPUT_LIMITS: { readonly [Name in keyof InputLimits]: readonly [number, number, number] } = {
  // Lambda takes 6 MB. Default: the most that WAF inspects in front of API Gateway; past it, a rule would see a part only.
  // https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html
  maxBodyBytes: [65_536, 1, 6_000_000],
  maxDepth: [32, 1, 128],
  maxKeys: [1_000, 1, 1_000_000],
  maxStringLength: [65_536, 1, 6_000_000],
  maxArrayItems: [1_000, 1, 1_000_000],
  // API Gateway quota: request line and headers together have at most 10,240 bytes.
  maxHeaderBytes: [8_192, 512, 10_240],
  maxUrlBytes: [4_096, 64, 10_240],
};

/** Names of {@link InputLimits}. */
export const LIMIT_NAMES = Object.keys(INPUT_LIMITS) as readonly (keyof InputLimits)[];

/** The rules of a route: its own, else those of the API, else the defaults. */
export function inputRules(route: Partial<InputRules>, api: Partial<InputRules> = {}): InputRules {
  const limits = LIMIT_NAMES.map((name) => [name, route[name] ?? api[name] ?? INPUT_LIMITS[name][0]]);
  const unicode = route.unicode ?? api.unicode ?? 'reject';
  const otherCookies = route.otherCookies ?? api.otherCookies ?? 'reject';
  return { ...(Object.fromEntries(limits) as unknown as InputLimits), unicode, otherCookies };
}
