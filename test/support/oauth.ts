import https from 'node:https';
import * as client from 'openid-client';

/** An issuer and the CA that signed its certificate. */
export interface IssuerEndpoint {
  readonly issuer: string;
  /** PEM. */
  readonly ca: string;
}

export interface Page {
  readonly status: number;
  readonly location?: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Opens a page, or posts a form to it. */
export type Visit = (url: string, form?: URLSearchParams) => Promise<Page>;

/** A browser as far as tests need one: cookies and no redirects followed. */
export function browser({ issuer, ca }: IssuerEndpoint): Visit {
  const cookies = new Map<string, string>();
  return (url, form) =>
    new Promise((resolve, reject) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { accept: 'text/html', cookie, 'content-type': 'application/x-www-form-urlencoded' };
      const method = form ? 'POST' : 'GET';
      const request = https.request(new URL(url, issuer), { method, ca, headers }, (response) => {
        for (const line of response.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
          if (value === '') cookies.delete(name);
          else cookies.set(name, value);
        }
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        const { location } = response.headers;
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, ...(location && { location }) }),
        );
      });
      request.on('error', reject).end(form?.toString());
    });
}

/** Follows redirects up to a page, or to a redirect away from the issuer. */
export async function follow(visit: Visit, issuer: string, page: Page): Promise<Page> {
  let current = page;
  while (current.location !== undefined && new URL(current.location, issuer).origin === issuer) {
    current = await visit(current.location);
  }
  return current;
}

/** `fetch` with a CA, for openid-client. */
export const fetchWithCa =
  (ca: string): client.CustomFetch =>
  (url, options) =>
    new Promise((resolve, reject) => {
      const headers = Object.fromEntries(Object.entries(options.headers));
      const request = https.request(url, { method: options.method, headers, ca }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const init = { status: response.statusCode ?? 500, headers: response.headers as Record<string, string> };
          resolve(new Response(parts.length > 0 ? Buffer.concat(parts) : null, init));
        });
      });
      request.on('error', reject).end(options.body?.toString());
    });

/** Discovers the issuer for a client, public or with a secret. */
export function discover({ issuer, ca }: IssuerEndpoint, id: string, secret?: string): Promise<client.Configuration> {
  const auth = secret === undefined ? client.None() : client.ClientSecretBasic(secret);
  return client.discovery(new URL(issuer), id, undefined, auth, { [client.customFetch]: fetchWithCa(ca) });
}

export const REDIRECT = 'http://127.0.0.1:49152/any/path';
const STATE = 'kept';

/** A sign-in, from the first page to the redirect to the app. */
export interface SignedIn {
  readonly shown: Page;
  readonly posted: Page;
  readonly callback: string;
  readonly verifier: string;
  readonly visit: Visit;
}

/** Signs in over the real page, by authorization code with PKCE. */
export async function signIn(
  config: client.Configuration,
  location: IssuerEndpoint,
  fields: [string, string][],
  options: { readonly parameters?: Readonly<Record<string, string>>; readonly visit?: Visit } = {},
): Promise<SignedIn> {
  const { parameters = {}, visit = browser(location) } = options;
  const verifier = client.randomPKCECodeVerifier();
  const start = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid api',
    state: STATE,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  });
  const { location: page = '' } = await visit(start.href);
  const shown = await visit(page);
  const posted = await visit(page, new URLSearchParams(fields));
  const { location: callback = '' } = posted.location ? await visit(posted.location) : posted;
  return { shown, posted, callback, verifier, visit };
}

/** Exchanges the code of a sign-in for tokens. */
export function redeem(
  config: client.Configuration,
  { callback, verifier }: Pick<SignedIn, 'callback' | 'verifier'>,
  options: client.DPoPOptions = {},
) {
  const checks = { pkceCodeVerifier: verifier, expectedState: STATE };
  return client.authorizationCodeGrant(config, new URL(callback), checks, undefined, options);
}
