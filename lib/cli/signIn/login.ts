import { Command, Option } from 'commander';
import { type ApiSelection, deployedApi, withStack } from '../deployedApi.ts';
import { wholeNumber, withExamples } from '../options.ts';
import { print, progress } from '../output.ts';
import { type AuthorizationRequest, authorizationRequest, belongsTo, codeOf } from './authorizationRequest.ts';
import { withLock } from './lockFile.ts';
import { listenOnLoopback } from './loopback.ts';
import { openBrowser } from './openBrowser.ts';
import { readPasted } from './pastedResponse.ts';
import { makeSessionsFolder, type Session, sessionFile, writeSession } from './sessions.ts';
import { type SignInClient, signInClientOf } from './signInClient.ts';
import { signInFailed } from './signInError.ts';
import { post } from './tokenEndpoint.ts';
import { tokensOf } from './tokenResponse.ts';

interface LoginOptions extends ApiSelection {
  readonly browser: boolean;
  readonly timeout: number;
  readonly json?: boolean;
}

const DEFAULT_TIMEOUT_SECONDS = 300;
const MAX_TIMEOUT_SECONDS = 3600;

/** `secure-api login`: signs a person in to the user pool of a deployed API, by code and PKCE in the browser. */
export function loginCommand(): Command {
  const command = withStack(
    new Command('login').description('sign in to the user pool of a deployed API in the browser'),
  )
    .option(
      '--no-browser',
      'print the URL alone, for a browser on another machine; paste the URL that it is redirected to',
    )
    .addOption(
      new Option('--timeout <seconds>', 'how long to wait for the sign-in')
        .argParser(wholeNumber(1, MAX_TIMEOUT_SECONDS))
        .default(DEFAULT_TIMEOUT_SECONDS),
    )
    .option('--json', 'print { stack, region, api, url, user, expires_at } as JSON')
    .action(login);
  return withExamples(
    command,
    'secure-api login --stack Documents',
    'secure-api login --stack Documents --region eu-central-1 --no-browser',
  );
}

async function login(options: LoginOptions): Promise<void> {
  const deployed = await deployedApi(options);
  const client = signInClientOf(deployed);
  makeSessionsFolder();
  const { code, request } = await authorize(client, options);
  const { redirectUri, codeVerifier, nonce } = request;
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier };
  const response = await post(client, '/oauth2/token', { ...form, client_id: client.clientId });
  const { stackId, stack, region, api, name, outputs } = deployed;
  const url = outputs.url ?? '';
  const session: Session = {
    version: 1,
    ...{ stackId, stack, region, api, name, url, client },
    ...tokensOf(response, client, nonce),
  };
  await withLock(sessionFile(session), async () => writeSession(session));
  report(session, options);
}

/** Waits for the redirect on the loopback and on stdin, whichever comes first. */
async function authorize(
  client: SignInClient,
  { browser, timeout }: LoginOptions,
): Promise<{ readonly code: string; readonly request: AuthorizationRequest }> {
  const { promise, resolve, reject } = Promise.withResolvers<URLSearchParams>();
  let request: AuthorizationRequest | undefined;
  const loopback = await listenOnLoopback(client.callbackUrls, (response) => {
    if (request === undefined || !belongsTo(request, response)) return false;
    resolve(response);
    return true;
  });
  const [first = ''] = client.callbackUrls;
  if (loopback === undefined && browser) throw everyPortTaken(client);
  request = authorizationRequest(client, loopback?.redirectUri ?? first);
  progress(`Sign in at:\n\n${request.url}\n`);
  progress('If the browser cannot reach this machine, paste the URL of the page that it cannot open, and press Enter.');
  if (browser) openBrowser(request.url);
  const pasted = readPasted(request, resolve);
  const timer = setTimeout(() => reject(timedOut(timeout)), timeout * 1000);
  try {
    return { code: codeOf(await promise), request };
  } finally {
    clearTimeout(timer);
    pasted.close();
    loopback?.close();
  }
}

function report({ stack, region, api, url, user, expiresAt }: Session, { json, ...selection }: LoginOptions): void {
  if (json) {
    print(JSON.stringify({ stack, region, api, url, user, expires_at: new Date(expiresAt).toISOString() }));
    return;
  }
  const more = selection.api === undefined ? '' : ` --api ${selection.api}`;
  print(`Signed in to ${api}${user === undefined ? '' : ` as ${user}`}. Call it, for example:`);
  print(`  curl -H "Authorization: Bearer $(npx secure-api token --stack ${stack}${more})" ${quoted(url)}`);
}

/** The URL comes from the stack, and a person pastes it into a shell. */
function quoted(url: string): string {
  const href = URL.parse(url)?.href ?? '';
  return /^[\w.~:/?#@!&=+,;%-]*$/.test(href) ? href : `'${href.replaceAll("'", '%27')}'`;
}

function everyPortTaken({ callbackUrls }: SignInClient) {
  const fix = 'Stop the program that listens there, or run login with --no-browser and paste the URL of the redirect.';
  return signInFailed('the loopback', `no free port for any of ${callbackUrls.join(', ')}`, fix);
}

function timedOut(seconds: number) {
  return signInFailed('the sign-in page', `no redirect within ${seconds} seconds`, 'Sign in again, or set --timeout.');
}
