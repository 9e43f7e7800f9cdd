import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

interface Issued {
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string;
}

/** Responds to a request in place of the endpoint. */
export type Odd = (response: ServerResponse) => void;

/**
 * The hosted endpoints of a user pool: a sign-in page at which everybody signs in at once, the token endpoint with PKCE and rotated refresh
 * tokens, and the revocation endpoint. https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
 */
export class HostedSignIn {
  readonly issuer = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI';
  readonly clientId = '1h57kf5cpq17m0eml12EXAMPLE';
  /** Seconds that an access token lives. */
  lifetime = 900;
  /** Overrides members of the next token responses. */
  changes: Readonly<Record<string, unknown>> = {};
  /** Overrides claims of the next tokens. */
  claims: Readonly<Record<string, unknown>> = {};
  /** Responds to calls of the token or revocation endpoint, one each, before the endpoint itself does. */
  readonly odd: Odd[] = [];
  /** What was called, such as `token refresh_token`. */
  readonly calls: string[] = [];
  /** The refresh tokens that work. */
  readonly refreshTokens = new Set<string>();
  private readonly accessTokens = new Set<string>();
  private readonly codes = new Map<string, Issued>();
  private readonly callbackUrls: readonly string[];

  constructor(callbackUrls: readonly string[]) {
    this.callbackUrls = callbackUrls;
  }

  /** Signs somebody in at a URL of the sign-in page, as a browser does, and returns where the browser is sent. */
  signIn(url: string): string {
    const parameters = new URL(url).searchParams;
    const [redirectUri, challenge, nonce] = ['redirect_uri', 'code_challenge', 'nonce'].map(
      (name) => parameters.get(name) ?? '',
    );
    const isValid =
      parameters.get('response_type') === 'code' &&
      parameters.get('client_id') === this.clientId &&
      parameters.get('code_challenge_method') === 'S256' &&
      this.callbackUrls.includes(redirectUri ?? '');
    if (!isValid) throw new Error(`The sign-in page rejects ${url}`);
    const code = randomUUID();
    this.codes.set(code, { redirectUri: redirectUri ?? '', challenge: challenge ?? '', nonce: nonce ?? '' });
    return `${redirectUri}?${new URLSearchParams({ code, state: parameters.get('state') ?? '' })}`;
  }

  /** Whether an API would accept the header: a token that was issued here. */
  accepts(authorization: string | undefined): boolean {
    return this.accessTokens.has(authorization?.replace(/^Bearer /, '') ?? '');
  }

  /** Responds to a request below `/oauth2/`. */
  respond(request: IncomingMessage, url: URL, body: string, response: ServerResponse): void {
    if (url.pathname === '/oauth2/authorize') {
      response.writeHead(302, { Location: this.signIn(url.href) }).end();
      return;
    }
    const form = new URLSearchParams(body);
    this.calls.push(`${url.pathname.slice('/oauth2/'.length)} ${form.get('grant_type') ?? ''}`.trim());
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const odd = this.odd.shift();
    if (odd !== undefined) odd(response);
    else if (!isForm || form.get('client_id') !== this.clientId) json(response, 400, { error: 'invalid_client' });
    else if (url.pathname === '/oauth2/revoke') this.revoke(form, response);
    else if (form.get('grant_type') === 'refresh_token') this.refresh(form, response);
    else this.exchange(form, response);
  }

  private exchange(form: URLSearchParams, response: ServerResponse): void {
    const code = form.get('code') ?? '';
    const issued = this.codes.get(code);
    this.codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isValid = issued?.redirectUri === form.get('redirect_uri') && issued?.challenge === challenge;
    if (!isValid) {
      json(response, 400, { error: 'invalid_grant' });
      return;
    }
    const id = { iss: this.issuer, aud: this.clientId, nonce: issued.nonce, email: 'ada@example.com' };
    this.issue(response, { id_token: jwt({ ...id, token_use: 'id', ...this.claims }) });
  }

  private refresh(form: URLSearchParams, response: ServerResponse): void {
    const isValid = this.refreshTokens.delete(form.get('refresh_token') ?? '');
    if (isValid) this.issue(response, {});
    else json(response, 400, { error: 'invalid_grant' });
  }

  private revoke(form: URLSearchParams, response: ServerResponse): void {
    this.refreshTokens.delete(form.get('token') ?? '');
    response.writeHead(200).end();
  }

  private issue(response: ServerResponse, more: Readonly<Record<string, unknown>>): void {
    const refresh = `refresh-${randomUUID()}`;
    this.refreshTokens.add(refresh);
    const claims = {
      iss: this.issuer,
      client_id: this.clientId,
      token_use: 'access',
      username: '7d8c',
      jti: randomUUID(),
    };
    const accessToken = jwt({ ...claims, ...this.claims });
    this.accessTokens.add(accessToken);
    const tokens = { access_token: accessToken, refresh_token: refresh, token_type: 'Bearer' };
    json(response, 200, { ...tokens, expires_in: this.lifetime, ...more, ...this.changes });
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

/** A JWT in form; the command leaves signatures to the API. */
function jwt(claims: Readonly<Record<string, unknown>>): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode({ alg: 'RS256', kid: '1' })}.${encode(claims)}.c2ln`;
}
