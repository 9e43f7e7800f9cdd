import type { SignInClient } from './signInClient.ts';

/** The form that is sent (RFC 6749, appendix B). */
export type Form = Readonly<Record<string, string>>;

/** What an endpoint responded. No response is an outcome, too: the caller decides what becomes of the session. */
export type EndpointResponse =
  | { readonly outcome: 'success'; readonly body: Readonly<Record<string, unknown>> }
  /** The endpoint rejected the request; `error` is one of RFC 6749, section 5.2, or the status. */
  | { readonly outcome: 'rejected'; readonly error: string }
  /** Nothing usable came back, so the request can be repeated. */
  | { readonly outcome: 'unavailable'; readonly reason: string };

/** Shorter than half of the ten seconds for which Cognito accepts a rotated refresh token again. */
const TIMEOUT_MS = 4_000;
/** Tokens of Cognito have a few kilobytes each. */
const LARGEST_BODY_BYTES = 65_536;
const ERROR_CODE = /^[a-z_]{1,64}$/;
/** Errors after which a session cannot be refreshed any more (RFC 6749, section 5.2), also because its client was deleted. */
export const SESSION_ENDED: readonly string[] = ['invalid_grant', 'invalid_client', 'unauthorized_client'];

/**
 * Sends a form to an endpoint of the sign-in domain. Redirects are not followed, the body is bounded, and nothing of it is
 * repeated except an error code.
 */
export async function post(client: SignInClient, path: string, form: Form): Promise<EndpointResponse> {
  try {
    const response = await fetch(new URL(path, client.signInUrl), {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams(form),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return outcomeOf(response.status, await readBounded(response), response.headers.get('Content-Type') ?? '');
  } catch (error) {
    return { outcome: 'unavailable', reason: reasonOf(error) };
  }
}

function outcomeOf(status: number, text: string | undefined, contentType: string): EndpointResponse {
  const body = text === undefined ? undefined : objectOf(text);
  if (status === 200 && (body !== undefined || text === '')) return { outcome: 'success', body: body ?? {} };
  const { error } = body ?? {};
  if (status >= 400 && status < 500 && status !== 429) {
    return {
      outcome: 'rejected',
      error: typeof error === 'string' && ERROR_CODE.test(error) ? error : `status ${status}`,
    };
  }
  const [type = ''] = /^[a-z0-9.+/-]{1,64}/i.exec(contentType) ?? [];
  const size = text === undefined ? `more than ${LARGEST_BODY_BYTES} bytes` : type || 'no content type';
  return { outcome: 'unavailable', reason: `a response of status ${status} with ${size}` };
}

/** The body, or undefined when it is larger than a response of an OAuth endpoint. */
async function readBounded(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: unknown } };
  if (name === 'TimeoutError') return `no response within ${TIMEOUT_MS / 1000} seconds`;
  return typeof cause?.code === 'string' ? `no connection (${cause.code})` : 'no connection';
}
