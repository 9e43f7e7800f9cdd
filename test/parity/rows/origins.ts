/** Requests of pages by their `Origin`, and the origin that each response allows. */

/** The origins of the API under test, the first one first. */
export const ORIGINS = ['https://app.example.com', 'https://admin.example.com:8443'] as const;

export interface OriginRow {
  readonly name: string;
  /** As it is sent; several are several lines, and `undefined` is none. */
  readonly origin: string | readonly string[] | undefined;
  /** Whether pages of this origin can read responses. */
  readonly listed: boolean;
}

const [APP, ADMIN] = ORIGINS;

const foreign: Readonly<Record<string, string>> = {
  'another site': 'https://evil.example',
  'a listed origin as a prefix': `${APP}.evil.example`,
  'a listed origin as a suffix': 'https://evil-app.example.com',
  'a listed origin in the middle': 'https://evil.https://app.example.com',
  'a listed origin as a user name': `${APP}@evil.example`,
  'a subdomain': 'https://a.app.example.com',
  'the parent domain': 'https://example.com',
  'any character in place of a dot': 'https://appxexample.com',
  'plain http': 'http://app.example.com',
  'another port': `${APP}:8443`,
  'one digit more in the port': `${ADMIN}0`,
  'the default port': `${APP}:443`,
  'without its port': 'https://admin.example.com',
  'a slash at the end': `${APP}/`,
  'a path': `${APP}/a`,
  'upper case': 'https://APP.example.com',
  'a dot at the end': `${APP}.`,
  'two origins in one line': `${APP} ${ADMIN}`,
  'a list of origins': `${APP}, ${ADMIN}`,
  'null, as of a sandboxed frame': 'null',
  'a wildcard': '*',
  'no value': '',
  'an extension of a browser': 'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  'an expression of a template': '$context.requestId',
  'a directive of a template': '#set($a = 1)',
  'a name of every object': 'constructor',
};

export const ORIGIN_ROWS: readonly OriginRow[] = [
  ...ORIGINS.map((origin, i) => ({ name: `listed origin ${i + 1}`, origin, listed: true })),
  { name: 'no origin', origin: undefined, listed: false },
  ...Object.entries(foreign).map(([name, origin]) => ({ name, origin, listed: false })),
];
