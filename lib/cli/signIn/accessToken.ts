import type { ApiSelection } from '../deployedApi.ts';
import { withLock } from './lockFile.ts';
import { findSession, notSignedIn, readSession, removeSession, type Session, writeSession } from './sessions.ts';
import { signInFailed } from './signInError.ts';
import { type EndpointResponse, post, SESSION_ENDED } from './tokenEndpoint.ts';
import { tokensOf } from './tokenResponse.ts';

/** A token that ends sooner is refreshed: it has to work for the request that it is printed for. */
const MIN_LIFETIME_MS = 60_000;

/**
 * The session of a person with an API, with an access token that works for at least a minute: the saved one, or a new one. Cognito
 * rotates the refresh token, so the new one is saved before anything is printed.
 *
 * @throws {ConfigError} `not-signed-in`, `option-missing`, `sign-in-failed`.
 */
export async function validSession(selection: ApiSelection): Promise<Session> {
  const file = findSession(selection);
  const saved = readSession(file);
  if (saved !== undefined && isFresh(saved)) return saved;
  return withLock(file, async () => {
    // Another process may have refreshed it meanwhile, or signed out.
    const session = readSession(file);
    if (session === undefined) throw notSignedIn(selection.stack, 'no session with it');
    return isFresh(session) ? session : refresh(session, file);
  });
}

async function refresh(session: Session, file: string): Promise<Session> {
  const { refreshToken, client, stack } = session;
  if (refreshToken === undefined) throw notSignedIn(stack, 'a session that has ended');
  const form = { grant_type: 'refresh_token', client_id: client.clientId, refresh_token: refreshToken };
  const response = await repeated(() => post(client, '/oauth2/token', form));
  if (response.outcome === 'rejected' && SESSION_ENDED.includes(response.error)) {
    removeSession(file);
    throw notSignedIn(stack, 'a session that has ended or was revoked');
  }
  if (response.outcome === 'unavailable') {
    throw signInFailed(client.signInUrl, response.reason, 'Try again: the session is kept.');
  }
  const refreshed: Session = { ...session, ...tokensOf(response, client), user: session.user };
  writeSession(refreshed);
  return refreshed;
}

/** Once more when there was no response: for ten seconds Cognito accepts a rotated refresh token again. */
async function repeated(send: () => Promise<EndpointResponse>): Promise<EndpointResponse> {
  const first = await send();
  return first.outcome === 'unavailable' ? send() : first;
}

function isFresh({ expiresAt }: Session): boolean {
  return expiresAt - Date.now() >= MIN_LIFETIME_MS;
}
