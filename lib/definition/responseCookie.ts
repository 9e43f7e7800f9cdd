/**
 * A cookie that a response can set. It is always `Secure`; what else it is follows the safest choice unless the definition weakens
 * it here. A name that starts with `__Host-` makes browsers hold it to this host: no `domain`, and the path `/`.
 */
export interface ResponseCookieInput {
  readonly description: string;
  /**
   * Seconds that browsers keep it, 1–34,560,000 (400 days, where browsers cut). A handler can choose fewer.
   * Default: until the browser closes.
   */
  readonly maxAgeSeconds?: number;
  /** Whether scripts of a page cannot read it. Default: true. */
  readonly httpOnly?: boolean;
  /** From which sites browsers send it; `None` sends it from all. Default: `Lax`. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
  /** Paths below which browsers send it. Default: `/`. */
  readonly path?: string;
  /** The domain whose hosts all get it. Default: this host alone. */
  readonly domain?: string;
}

/** A cookie of a response with its attributes as they are sent, such as `Path=/; Secure; HttpOnly; SameSite=Lax`. */
export interface ResponseCookie {
  readonly name: string;
  readonly description: string;
  readonly attributes: string;
  readonly maxAgeSeconds?: number;
}

/** What a handler returns for a cookie: its value, `null` to delete it, or nothing to leave it. */
export type CookieValue = string | { readonly value: string; readonly maxAgeSeconds?: number } | null | undefined;

/** The cookies of a response with every default filled in. The input has passed the checks. */
export function responseCookies(
  cookies: Readonly<Record<string, ResponseCookieInput>> = {},
): readonly ResponseCookie[] {
  return Object.entries(cookies).map(([name, { description, maxAgeSeconds, ...cookie }]) => {
    const { httpOnly = true, sameSite = 'Lax', path = '/', domain } = cookie;
    const attributes = [
      `Path=${path}`,
      ...(domain === undefined ? [] : [`Domain=${domain}`]),
      'Secure',
      ...(httpOnly ? ['HttpOnly'] : []),
      `SameSite=${sameSite}`,
    ];
    return {
      name,
      description,
      attributes: attributes.join('; '),
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    };
  });
}
