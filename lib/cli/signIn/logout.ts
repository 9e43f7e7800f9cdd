import { Command } from 'commander';
import { type ApiSelection, withStack } from '../deployedApi.ts';
import { withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { withLock } from './lockFile.ts';
import { findSession, readSession, removeSession, type Session } from './sessions.ts';
import { signInFailed } from './signInError.ts';
import { post, SESSION_ENDED } from './tokenEndpoint.ts';

/** `secure-api logout`: ends a session, at Cognito and on this machine. */
export function logoutCommand(): Command {
  const command = withStack(new Command('logout').description('end your session with a deployed API'))
    .option('--json', 'print { stack, api, revoked } as JSON')
    .action(logout);
  return withExamples(command, 'secure-api logout --stack Documents');
}

/** The tokens leave the disk in any case. An access token that was printed works until it ends, after 15 minutes at most. */
async function logout({ json, ...selection }: ApiSelection & { readonly json?: boolean }): Promise<void> {
  const file = findSession(selection);
  const { session, failure } = await withLock(file, async () => {
    const saved = readSession(file);
    const reason = saved === undefined ? undefined : await revoke(saved);
    removeSession(file);
    return { session: saved, failure: reason };
  });
  if (failure !== undefined) {
    const fix =
      'The session is deleted here, but could go on for a day where somebody copied it: remove the user, or wait.';
    throw signInFailed('the revocation of the session', failure, fix);
  }
  if (json) print(JSON.stringify({ stack: session?.stack, api: session?.api, revoked: true }));
  else progress(`Signed out of ${session?.api ?? selection.stack}.`);
}

/**
 * Revokes the refresh token, and with it the access tokens that came from it (RFC 7009), unless it has ended.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html
 */
async function revoke({ client, refreshToken }: Session): Promise<string | undefined> {
  if (refreshToken === undefined) return undefined;
  const response = await post(client, '/oauth2/revoke', { token: refreshToken, client_id: client.clientId });
  if (response.outcome === 'unavailable') return response.reason;
  const isDone = response.outcome === 'success' || SESSION_ENDED.includes(response.error);
  return isDone ? undefined : `the error ${response.error}`;
}
